#include "store/writer.h"

#include <pthread.h>

#include <fmt/format.h>

#include "base/log.h"

namespace host::store {

using base::Code;
using base::Error;
using base::Result;
using sqlite::Clock;

namespace {
Error went_down() { return {Code::unavailable, "store: shutting down"}; }
Error too_late() { return {Code::timeout, "store: the transaction took too long and was undone"}; }
Error idled() {
  return {Code::timeout, "store: the transaction asked for nothing and was undone"};
}
Error over() { return {Code::conflict, "store: the transaction is over"}; }
Error undone() {
  return {Code::unavailable, "store: undone together with a failed transaction"};
}

constexpr auto repeat_time = std::chrono::seconds(5);  // for one transaction of a lost group

// Equal for equal answers of the same statement.
std::size_t fingerprint(const Rows& rows) {
  std::size_t sum = rows.size();
  auto mix = [&sum](std::size_t value) { sum = (sum ^ value) * 0x9e3779b97f4a7c15u + (sum >> 29); };
  mix(static_cast<std::size_t>(rows.last_id));
  mix(static_cast<std::size_t>(rows.changes));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t column = 0; column < rows.width(); ++column) {
      Cell cell = rows.cell(row, column);
      mix(static_cast<std::size_t>(cell.kind));
      switch (cell.kind) {
        case Kind::null: break;
        case Kind::integer: mix(static_cast<std::size_t>(cell.integer)); break;
        case Kind::real: mix(std::hash<double>()(cell.real)); break;
        case Kind::text:
        case Kind::blob: mix(std::hash<std::string_view>()(cell.text)); break;
      }
    }
  }
  return sum;
}
}  // namespace

struct WriteThread::Session {
  struct Command {
    Query query;
    Limits limits;
    std::shared_ptr<Call<Rows>> ran;        // a query,
    std::shared_ptr<Call<bool>> committed;  // or the commit
  };

  Clock::time_point submitted;
  Clock::time_point deadline;
  std::shared_ptr<Mailbox> mailbox;

  // A batch has queries and `written`; an interactive session has `begun`.
  std::vector<Query> batch;
  std::shared_ptr<Call<std::vector<Rows>>> written;
  std::shared_ptr<Call<std::unique_ptr<Transaction>>> begun;
  base::Function<std::unique_ptr<Transaction>()> handle;

  // Under the thread's mutex.
  std::deque<Command> commands;
  bool dropped = false;  // by its lane
  std::optional<Error> ended;
};

namespace {
using Session = WriteThread::Session;

// The lane's end of an interactive session.
class OpenTransaction final : public Transaction {
 public:
  OpenTransaction(WriteThread& thread, std::shared_ptr<Session> session)
      : thread_(thread), session_(std::move(session)) {}
  ~OpenTransaction() override {
    thread_.wake(session_, [](Session& session) { session.dropped = true; });
  }

  loop::Pending run(Query query, Limits limits, base::Function<void(Result<Rows>)> done) override {
    auto call = std::make_shared<Call<Rows>>(session_->mailbox, std::move(done));
    give({std::move(query), limits, call, nullptr});
    return Call<Rows>::pending(std::move(call));
  }

  loop::Pending commit(base::Function<void(Result<void>)> done) override {
    auto call = std::make_shared<Call<bool>>(
        session_->mailbox, [done = std::move(done)](Result<bool> result) mutable {
          done(result ? Result<void>() : Result<void>(std::move(result).error()));
        });
    give({{}, {}, nullptr, call});
    return Call<bool>::pending(std::move(call));
  }

 private:
  void give(Session::Command command) {
    thread_.wake(session_, [&](Session& session) {
      if (!session.ended) return session.commands.push_back(std::move(command));
      if (command.ran) Call<Rows>::answer(command.ran, *session.ended);
      if (command.committed) Call<bool>::answer(command.committed, *session.ended);
    });
  }

  WriteThread& thread_;
  std::shared_ptr<Session> session_;
};
}  // namespace

WriteThread::WriteThread(std::unique_ptr<sqlite::Connection> connection, Tally& tally,
                         const Settings& settings)
    : connection_(std::move(connection)),
      tally_(tally),
      settings_(settings),
      thread_([this] { work(); }) {}

WriteThread::~WriteThread() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void WriteThread::submit(std::shared_ptr<Session> session) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(session));
  }
  wake_.notify_one();
}

void WriteThread::wake(const std::shared_ptr<Session>& session,
                       base::Function<void(Session&)> change) {
  {
    std::lock_guard lock(mutex_);
    change(*session);
  }
  wake_.notify_one();
}

void WriteThread::work() {
  pthread_setname_np(pthread_self(), "store-writer");
  for (;;) {
    std::shared_ptr<Session> session;
    {
      std::unique_lock lock(mutex_);
      if (waiting_.empty() && !group_.empty()) {
        lock.unlock();
        close_group();
        lock.lock();
      }
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) break;
      session = std::move(waiting_.front());
      waiting_.pop_front();
    }
    serve(*session);
    if (group_is_due()) close_group();
  }
  close_group();
}

bool WriteThread::group_is_due() {
  return group_.size() >= settings_.group ||
         (!group_.empty() &&
          Clock::now() - group_since_ >= std::chrono::milliseconds(settings_.group_ms));
}

void WriteThread::serve(Session& session) {
  bool nobody = session.written ? session.written->cancelled.load() : session.begun->cancelled.load();
  if (nobody) return;  // he left before his turn
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - session.submitted);
  tally_.wait_us += static_cast<std::uint64_t>(waited.count());

  auto refuse = [&](const Error& error) {
    if (session.written) Call<std::vector<Rows>>::answer(session.written, error);
    if (session.begun) Call<std::unique_ptr<Transaction>>::answer(session.begun, error);
  };
  if (Clock::now() >= session.deadline) return refuse(too_late());
  if (auto opened = open_savepoint(session); !opened) return refuse(opened.error());
  if (session.written) return serve_batch(session);
  serve_interactive(session);
}

// Another process may hold the lock: wait for it in slices, so that a shutdown and the
// deadline are seen. Who waited while another tried has waited for it too.
Result<void> WriteThread::open_group(Clock::time_point submitted, Clock::time_point deadline) {
  if (group_open_) return {};
  for (;;) {
    auto tried = Clock::now();
    auto begun = connection_->execute("BEGIN IMMEDIATE");
    if (begun) break;
    if (begun.error().code != Code::unavailable) return begun;
    ++tally_.busy;
    if (!locked_since_) locked_since_ = tried;
    auto give_up = std::max(*locked_since_, submitted) + std::chrono::milliseconds(settings_.busy_ms);
    if (Clock::now() >= std::min(deadline, give_up)) return begun;
    std::lock_guard lock(mutex_);
    if (stopping_) return went_down();
  }
  locked_since_.reset();
  group_open_ = true;
  return {};
}

Result<void> WriteThread::open_savepoint(Session& session) {
  TRY_VOID(open_group(session.submitted, session.deadline));
  steps_.clear();
  turn_lost_ = false;
  return connection_->execute("SAVEPOINT turn");
}

void WriteThread::undo_savepoint() {
  ++tally_.rollbacks;
  steps_.clear();
  if (turn_lost_) {
    // SQLite undid it already; what is open now is the group, done again.
  } else if (auto done = connection_->execute("ROLLBACK TO turn; RELEASE turn"); !done) {
    fail_group(done.error());
  }
  if (group_.empty() && group_open_) {
    // Nothing to keep: don't hold the file's lock.
    (void)connection_->execute("ROLLBACK");
    group_open_ = false;
  }
}

// Some faults (an interrupted change, disk full) make SQLite roll the outer transaction
// back, and with it the members of the group that were done already.
Result<Rows> WriteThread::run(Session& session, Query query, const Limits& limits) {
  auto rows = connection_->run(query, limits, {session.deadline, nullptr});
  if (!connection_->in_transaction()) {
    turn_lost_ = true;
    recover_group();
    if (!rows) return rows;
    return Error{Code::unavailable, "store: the transaction was lost"};
  }
  if (rows) steps_.push_back({std::move(query), limits, fingerprint(*rows)});
  return rows;
}

// Nobody's change may be lost because another one was too long: the group is done again,
// statement by statement. Another process may have written in between; then an answer
// differs from the one its Lua decided by, and that member fails.
void WriteThread::recover_group() {
  group_open_ = false;
  if (group_.empty()) return;
  auto lost = std::exchange(group_, {});
  (void)open_group(Clock::now(), Clock::time_point::max());
  for (Member& member : lost) {
    auto repeated = group_open_ ? repeat(member) : Result<void>(undone());
    if (repeated) {
      group_.push_back(std::move(member));
      continue;
    }
    ++tally_.rollbacks;
    base::log::error("store", "a transaction was undone together with another's",
                     {{"reason", repeated.error().message}});
    member.answer(undone());
  }
}

Result<void> WriteThread::repeat(const Member& member) {
  TRY_VOID(connection_->execute("SAVEPOINT turn"));
  Result<void> outcome;
  for (const Step& step : member.steps) {
    auto rows = connection_->run(step.query, step.limits, {Clock::now() + repeat_time, nullptr});
    if (rows && fingerprint(*rows) == step.answered) continue;
    outcome = rows ? Error{Code::conflict, "store: its rows have changed"} : rows.error();
    break;
  }
  if (!connection_->in_transaction()) {
    // This one too: what was done again before it is gone once more.
    group_open_ = false;
    fail_group(undone());
    return undone();
  }
  TRY_VOID(connection_->execute(outcome ? "RELEASE turn" : "ROLLBACK TO turn; RELEASE turn"));
  return outcome;
}

void WriteThread::serve_batch(Session& session) {
  std::vector<Rows> results;
  for (Query& query : session.batch) {
    auto rows = run(session, std::move(query), Limits{});
    if (!rows) {
      undo_savepoint();
      return Call<std::vector<Rows>>::answer(session.written, rows.error());
    }
    results.push_back(std::move(*rows));
  }
  if (auto kept = connection_->execute("RELEASE turn"); !kept) {
    undo_savepoint();
    return Call<std::vector<Rows>>::answer(session.written, kept.error());
  }
  keep([call = session.written, results = std::move(results)](Result<void> committed) mutable {
    if (!committed) return Call<std::vector<Rows>>::answer(call, committed.error());
    Call<std::vector<Rows>>::answer(call, std::move(results));
  });
}

void WriteThread::serve_interactive(Session& session) {
  Call<std::unique_ptr<Transaction>>::answer(session.begun, session.handle());
  session.handle = nullptr;

  auto end = [&](const Error& error) {
    std::deque<Session::Command> left;
    {
      std::lock_guard lock(mutex_);
      session.ended = error;
      left.swap(session.commands);
    }
    for (auto& command : left) {
      if (command.ran) Call<Rows>::answer(command.ran, error);
      if (command.committed) Call<bool>::answer(command.committed, error);
    }
  };

  for (;;) {
    Session::Command command;
    {
      std::unique_lock lock(mutex_);
      auto until = std::min(session.deadline,
                            Clock::now() + std::chrono::milliseconds(settings_.idle_ms));
      wake_.wait_until(
          lock, until, [&] { return stopping_ || session.dropped || !session.commands.empty(); });
      if (session.commands.empty()) {
        // Dropped, out of time, or the host goes down.
        Error why = stopping_                   ? went_down()
                    : session.dropped           ? over()
                    : until == session.deadline ? too_late()
                                                : idled();
        lock.unlock();
        undo_savepoint();
        return end(why);
      }
      command = std::move(session.commands.front());
      session.commands.pop_front();
    }

    if (command.committed) {
      if (auto kept = connection_->execute("RELEASE turn"); !kept) {
        undo_savepoint();
        Call<bool>::answer(command.committed, kept.error());
        return end(over());
      }
      keep([call = command.committed](Result<void> committed) {
        Call<bool>::answer(call, committed ? Result<bool>(true) : Result<bool>(committed.error()));
      });
      return end(over());
    }

    // Time is checked before each step; inside one, SQLite's progress handler does it.
    Result<Rows> rows = Clock::now() >= session.deadline
                            ? Result<Rows>(too_late())
                            : run(session, std::move(command.query), command.limits);
    Call<Rows>::answer(command.ran, std::move(rows));
    if (turn_lost_) {
      undo_savepoint();
      return end(over());
    }
    if (Clock::now() >= session.deadline) {
      undo_savepoint();
      return end(too_late());
    }
  }
}

void WriteThread::keep(Deferred answer) {
  if (group_.empty()) group_since_ = Clock::now();
  group_.push_back({std::exchange(steps_, {}), std::move(answer)});
}

void WriteThread::close_group() {
  if (!group_open_) return;
  if (group_.empty()) {
    (void)connection_->execute("ROLLBACK");
    group_open_ = false;
    return;
  }
  auto committed = connection_->execute("COMMIT");
  group_open_ = false;
  if (!committed) {
    base::log::error("store", "commit failed", {{"transactions", group_.size()}, {"reason", committed.error().message}});
    if (connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    return fail_group(committed.error());
  }
  tally_.transactions += group_.size();
  tally_.commits.fetch_add(1, std::memory_order_release);
  auto group = std::exchange(group_, {});
  for (auto& member : group) member.answer(Result<void>());
}

void WriteThread::fail_group(const Error& error) {
  group_open_ = connection_->in_transaction();
  tally_.rollbacks += group_.size();
  auto group = std::exchange(group_, {});
  for (auto& member : group) member.answer(Result<void>(error));
}

loop::Pending LaneWriter::begin(std::uint64_t timeout_ms,
                                base::Function<void(Result<std::unique_ptr<Transaction>>)> done) {
  auto session = std::make_shared<Session>();
  session->submitted = Clock::now();
  session->deadline = session->submitted + std::chrono::milliseconds(timeout_ms);
  session->mailbox = mailbox_;
  session->begun =
      std::make_shared<Call<std::unique_ptr<Transaction>>>(mailbox_, std::move(done));
  session->handle = [&thread = thread_, weak = std::weak_ptr<Session>(session)]() {
    return std::unique_ptr<Transaction>(std::make_unique<OpenTransaction>(thread, weak.lock()));
  };
  thread_.submit(session);
  return Call<std::unique_ptr<Transaction>>::pending(session->begun);
}

loop::Pending LaneWriter::write(std::vector<Query> queries, std::uint64_t timeout_ms,
                                base::Function<void(Result<std::vector<Rows>>)> done) {
  auto session = std::make_shared<Session>();
  session->submitted = Clock::now();
  session->deadline = session->submitted + std::chrono::milliseconds(timeout_ms);
  session->mailbox = mailbox_;
  session->batch = std::move(queries);
  session->written = std::make_shared<Call<std::vector<Rows>>>(mailbox_, std::move(done));
  auto written = session->written;
  thread_.submit(std::move(session));
  return Call<std::vector<Rows>>::pending(std::move(written));
}

}  // namespace host::store
