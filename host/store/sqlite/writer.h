// All writes of a SQLite store go through one thread. Transactions run one after the
// other, each as a savepoint of an outer transaction that is committed when nobody
// waits for his turn (or enough did): one fsync for many. Nobody is answered before it.
#pragma once

#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "store/session.h"
#include "store/sqlite/connection.h"

namespace host::store::sqlite {

class WriteThread final : public Turn {
 public:
  WriteThread(std::unique_ptr<Connection> connection, Tally& tally, const Settings& settings);
  ~WriteThread() override;  // finishes the commands already given, rolls open transactions back, joins
  WriteThread(const WriteThread&) = delete;
  WriteThread& operator=(const WriteThread&) = delete;

  WriteQueue& queue() noexcept { return queue_; }

  // From the thread itself.
  base::Result<void> begin(const Session& session) override;
  base::Result<Rows> run(const Session& session, Query query, const Limits& limits) override;
  bool lost() const noexcept override { return turn_lost_; }
  void keep(const Session& session, Answer answer) override;
  void undo() override;

 private:
  // What a transaction ran and what each statement answered, as a fingerprint: enough to do
  // it again.
  struct Step {
    Query query;
    Limits limits;
    std::size_t answered;
  };
  using Steps = std::vector<Step>;
  struct Member {
    Steps steps;
    Answer answer;
  };

  void work();
  base::Result<void> open_group(Clock::time_point submitted, Clock::time_point deadline);
  void close_group();
  void fail_group(const base::Error& error);
  void recover_group();
  base::Result<void> repeat(const Member& member);
  bool group_is_due();

  std::unique_ptr<Connection> connection_;
  Tally& tally_;
  const Settings settings_;
  WriteQueue queue_;

  // The thread's own.
  std::vector<Member> group_;  // committed, and not yet on disk
  Steps steps_;                // of the transaction whose turn it is
  bool turn_lost_ = false;     // SQLite rolled everything back in the middle of it
  Clock::time_point group_since_;
  std::optional<Clock::time_point> locked_since_;  // by another process
  bool group_open_ = false;

  std::thread thread_;
};

}  // namespace host::store::sqlite
