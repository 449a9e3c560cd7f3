// Transactions between the lanes that ask for them and the threads that run them: what is the
// same for every engine. An engine says in a Turn how one is begun, kept and undone.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "loop/mailbox.h"
#include "store/connection.h"
#include "store/store.h"
#include "store/tally.h"

namespace host::store {

struct Session {
  struct Command {
    Query query;
    Limits limits;
    std::shared_ptr<loop::Call<Rows>> ran;        // a query,
    std::shared_ptr<loop::Call<bool>> committed;  // or the commit
  };

  bool unwanted() const noexcept { return written ? written->cancelled.load() : begun->cancelled.load(); }

  Clock::time_point submitted;
  Clock::time_point deadline;
  std::shared_ptr<loop::Mailbox> mailbox;

  Fence fence;

  // A batch has queries and `written`; an interactive session has `begun`.
  std::vector<Query> batch;
  std::shared_ptr<loop::Call<std::vector<Rows>>> written;
  std::shared_ptr<loop::Call<std::unique_ptr<Transaction>>> begun;
  base::Function<std::unique_ptr<Transaction>()> handle;

  // Under the queue's mutex.
  std::deque<Command> commands;
  bool dropped = false;  // by its lane
  std::optional<base::Error> ended;
};

// Sessions that wait for a thread, in the order they came. Thread-safe.
class WriteQueue {
 public:
  void submit(std::shared_ptr<Session> session);
  // The next one. nullptr: none is there, and nobody wants to `wait` or the host goes down.
  std::shared_ptr<Session> take(bool wait);
  void change(Session& session, base::Function<void(Session&)> change);
  // The next command, or why there will be none.
  base::Result<Session::Command> next(Session& session, std::uint64_t idle_ms);
  // What was asked and not answered, and what comes from now on, gets this error.
  void end(Session& session, const base::Error& error);
  void stop();
  bool stopping() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Session>> waiting_;
  bool stopping_ = false;
};

// How an engine runs one transaction; used by its thread alone.
class Turn {
 public:
  using Answer = base::Function<void(base::Result<void>)>;

  virtual ~Turn() = default;
  virtual base::Result<void> begin(const Session& session) = 0;
  virtual base::Result<Rows> run(const Session& session, Query query, const Limits& limits) = 0;
  // Whether the transaction was lost as a whole: nothing more can be done in it.
  virtual bool lost() const noexcept = 0;
  // `answer` is called when it is on disk, or with the reason why it is not.
  virtual void keep(const Session& session, Answer answer) = 0;
  virtual void undo() = 0;
};

// Runs the session to its end.
void serve(WriteQueue& queue, Session& session, Turn& turn, Tally& tally, std::uint64_t idle_ms);

base::Error went_down();

// Equal for equal answers of the same statement.
std::size_t fingerprint(const Rows& rows);

// The Writer of a lane.
class LaneWriter final : public Writer {
 public:
  LaneWriter(loop::Loop& loop, WriteQueue& queue)
      : queue_(queue), mailbox_(std::make_shared<loop::Mailbox>(loop)) {}
  ~LaneWriter() override { mailbox_->close(); }

  loop::Pending begin(
      std::uint64_t timeout_ms,
      base::Function<void(base::Result<std::unique_ptr<Transaction>>)> done, Fence fence) override;
  loop::Pending write(std::vector<Query> queries, std::uint64_t timeout_ms,
                      base::Function<void(base::Result<std::vector<Rows>>)> done, Fence fence) override;

 private:
  std::shared_ptr<Session> session(std::uint64_t timeout_ms, Fence fence) const;

  WriteQueue& queue_;
  std::shared_ptr<loop::Mailbox> mailbox_;
};

}  // namespace host::store
