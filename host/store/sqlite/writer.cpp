#include "store/sqlite/writer.h"

#include <pthread.h>

#include <fmt/format.h>

#include "base/log.h"

namespace host::store::sqlite {

using base::Code;
using base::Error;
using base::Result;

namespace {
Error undone() {
  return {Code::unavailable, "store: undone together with a failed transaction"};
}

constexpr auto repeat_time = std::chrono::seconds(5);  // for one transaction of a lost group

}  // namespace

WriteThread::WriteThread(std::unique_ptr<Connection> connection, Tally& tally,
                         const Settings& settings)
    : connection_(std::move(connection)),
      tally_(tally),
      settings_(settings),
      thread_([this] { work(); }) {}

WriteThread::~WriteThread() {
  queue_.stop();
  thread_.join();
}

void WriteThread::work() {
  pthread_setname_np(pthread_self(), "store-writer");
  for (;;) {
    auto session = queue_.take(group_.empty());
    if (session) serve(queue_, *session, *this, tally_, settings_.idle_ms);
    if (!session && group_.empty()) break;
    if (!session || group_is_due()) close_group();
  }
  close_group();
}

bool WriteThread::group_is_due() {
  return group_.size() >= settings_.group ||
         (!group_.empty() &&
          Clock::now() - group_since_ >= std::chrono::milliseconds(settings_.group_ms));
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
    if (queue_.stopping()) return went_down();
  }
  locked_since_.reset();
  group_open_ = true;
  return {};
}

Result<void> WriteThread::begin(const Session& session) {
  TRY_VOID(open_group(session.submitted, session.deadline));
  steps_.clear();
  turn_lost_ = false;
  return connection_->execute("SAVEPOINT turn");
}

void WriteThread::undo() {
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
Result<Rows> WriteThread::run(const Session& session, Query query, const Limits& limits) {
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

void WriteThread::keep(const Session&, Answer answer) {
  if (auto kept = connection_->execute("RELEASE turn"); !kept) {
    undo();
    return answer(kept);
  }
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

}  // namespace host::store::sqlite
