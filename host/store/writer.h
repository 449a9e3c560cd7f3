// All writes of a SQLite store go through one thread. Transactions run one after the
// other, each as a savepoint of an outer transaction that is committed when nobody
// waits for his turn (or enough did): one fsync for many. Nobody is answered before it.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "store/mailbox.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "store/tally.h"

namespace host::store {

class WriteThread {
 public:
  WriteThread(std::unique_ptr<sqlite::Connection> connection, Tally& tally,
              const Settings& settings);
  ~WriteThread();  // finishes the commands already given, rolls open transactions back, joins
  WriteThread(const WriteThread&) = delete;
  WriteThread& operator=(const WriteThread&) = delete;

  struct Session;  // one transaction, between its lane and the thread
  void submit(std::shared_ptr<Session> session);
  void wake(const std::shared_ptr<Session>& session, base::Function<void(Session&)> change);

 private:
  using Deferred = base::Function<void(base::Result<void>)>;
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
    Deferred answer;
  };

  void work();
  void serve(Session& session);
  void serve_batch(Session& session);
  void serve_interactive(Session& session);
  base::Result<void> open_group(sqlite::Clock::time_point submitted,
                                sqlite::Clock::time_point deadline);
  base::Result<void> open_savepoint(Session& session);
  void undo_savepoint();
  void keep(Deferred answer);
  void close_group();
  void fail_group(const base::Error& error);
  void recover_group();
  base::Result<void> repeat(const Member& member);
  base::Result<Rows> run(Session& session, Query query, const Limits& limits);
  bool group_is_due();

  std::unique_ptr<sqlite::Connection> connection_;
  Tally& tally_;
  const Settings settings_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Session>> waiting_;
  bool stopping_ = false;

  // The thread's own.
  std::vector<Member> group_;  // committed, and not yet on disk
  Steps steps_;                // of the transaction whose turn it is
  bool turn_lost_ = false;     // SQLite rolled everything back in the middle of it
  sqlite::Clock::time_point group_since_;
  std::optional<sqlite::Clock::time_point> locked_since_;  // by another process
  bool group_open_ = false;

  std::thread thread_;
};

class LaneWriter final : public Writer {
 public:
  LaneWriter(loop::Loop& loop, WriteThread& thread)
      : thread_(thread), mailbox_(std::make_shared<Mailbox>(loop)) {}
  ~LaneWriter() override { mailbox_->close(); }

  loop::Pending begin(
      std::uint64_t timeout_ms,
      base::Function<void(base::Result<std::unique_ptr<Transaction>>)> done) override;
  loop::Pending write(std::vector<Query> queries, std::uint64_t timeout_ms,
                      base::Function<void(base::Result<std::vector<Rows>>)> done) override;

 private:
  WriteThread& thread_;
  std::shared_ptr<Mailbox> mailbox_;
};

}  // namespace host::store
