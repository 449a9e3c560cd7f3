#include "store/session.h"

#include <algorithm>
#include <functional>

#include "store/fault.h"

namespace host::store {

using base::Code;
using base::Error;
using base::Result;
using loop::Call;

namespace {

Error too_late() { return {Code::timeout, "store: the transaction took too long and was undone"}; }
Error idled() {
  return {Code::timeout, "store: the transaction asked for nothing and was undone"};
}
Error over() { return {Code::conflict, "store: the transaction is over"}; }

// The lane's end of an interactive session.
class OpenTransaction final : public Transaction {
 public:
  OpenTransaction(WriteQueue& queue, std::shared_ptr<Session> session)
      : queue_(queue), session_(std::move(session)) {}
  ~OpenTransaction() override {
    queue_.change(*session_, [](Session& session) { session.dropped = true; });
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
    queue_.change(*session_, [&](Session& session) {
      if (!session.ended) return session.commands.push_back(std::move(command));
      if (command.ran) Call<Rows>::answer(command.ran, *session.ended);
      if (command.committed) Call<bool>::answer(command.committed, *session.ended);
    });
  }

  WriteQueue& queue_;
  std::shared_ptr<Session> session_;
};

// Before anything else: whoever may not is told without a change.
Result<void> pass_fence(const Session& session, Turn& turn) {
  if (!session.fence) return {};
  auto rows = turn.run(session, *session.fence, Limits{});
  if (rows && rows->changes > 0) return {};
  turn.undo();
  if (!rows) return rows.error();
  return fault(Code::conflict, "store: this host has lost its lease to another: nothing was changed", "fenced");
}

void serve_batch(Session& session, Turn& turn) {
  std::vector<Rows> results;
  for (Query& query : session.batch) {
    auto rows = turn.run(session, std::move(query), Limits{});
    if (!rows) {
      turn.undo();
      return Call<std::vector<Rows>>::answer(session.written, rows.error());
    }
    results.push_back(std::move(*rows));
  }
  turn.keep(session, [call = session.written, results = std::move(results)](Result<void> kept) mutable {
    if (!kept) return Call<std::vector<Rows>>::answer(call, kept.error());
    Call<std::vector<Rows>>::answer(call, std::move(results));
  });
}

void serve_interactive(WriteQueue& queue, Session& session, Turn& turn, std::uint64_t idle_ms) {
  Call<std::unique_ptr<Transaction>>::answer(session.begun, session.handle());
  session.handle = nullptr;

  for (;;) {
    auto command = queue.next(session, idle_ms);
    if (!command) {
      turn.undo();
      return queue.end(session, command.error());
    }
    if (command->committed) {
      turn.keep(session, [call = command->committed](Result<void> kept) {
        Call<bool>::answer(call, kept ? Result<bool>(true) : Result<bool>(kept.error()));
      });
      return queue.end(session, over());
    }
    // Time is checked before each step; inside one, the engine does it.
    Result<Rows> rows = Clock::now() >= session.deadline
                            ? Result<Rows>(too_late())
                            : turn.run(session, std::move(command->query), command->limits);
    Call<Rows>::answer(command->ran, std::move(rows));
    if (turn.lost() || Clock::now() >= session.deadline) {
      Error why = turn.lost() ? over() : too_late();
      turn.undo();
      return queue.end(session, why);
    }
  }
}

}  // namespace

Error went_down() { return {Code::unavailable, "store: shutting down"}; }

void WriteQueue::submit(std::shared_ptr<Session> session) {
  {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(session));
  }
  wake_.notify_all();
}

std::shared_ptr<Session> WriteQueue::take(bool wait) {
  std::unique_lock lock(mutex_);
  if (wait) wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
  if (waiting_.empty()) return nullptr;
  auto session = std::move(waiting_.front());
  waiting_.pop_front();
  return session;
}

void WriteQueue::change(Session& session, base::Function<void(Session&)> change) {
  {
    std::lock_guard lock(mutex_);
    change(session);
  }
  wake_.notify_all();
}

Result<Session::Command> WriteQueue::next(Session& session, std::uint64_t idle_ms) {
  std::unique_lock lock(mutex_);
  auto until = std::min(session.deadline, Clock::now() + std::chrono::milliseconds(idle_ms));
  wake_.wait_until(lock, until,
                   [&] { return stopping_ || session.dropped || !session.commands.empty(); });
  if (session.commands.empty()) {
    if (stopping_) return went_down();
    if (session.dropped) return over();
    return until == session.deadline ? too_late() : idled();
  }
  Session::Command command = std::move(session.commands.front());
  session.commands.pop_front();
  return command;
}

void WriteQueue::end(Session& session, const Error& error) {
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
}

void WriteQueue::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
}

bool WriteQueue::stopping() const {
  std::lock_guard lock(mutex_);
  return stopping_;
}

void serve(WriteQueue& queue, Session& session, Turn& turn, Tally& tally, std::uint64_t idle_ms) {
  if (session.unwanted()) return;  // he left before his turn
  auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - session.submitted);
  tally.wait_us += static_cast<std::uint64_t>(waited.count());

  Result<void> begun = Clock::now() >= session.deadline ? Result<void>(too_late()) : turn.begin(session);
  if (begun) begun = pass_fence(session, turn);
  if (!begun) {
    if (session.written) Call<std::vector<Rows>>::answer(session.written, begun.error());
    if (session.begun) Call<std::unique_ptr<Transaction>>::answer(session.begun, begun.error());
    return;
  }
  if (session.written) return serve_batch(session, turn);
  serve_interactive(queue, session, turn, idle_ms);
}

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

std::shared_ptr<Session> LaneWriter::session(std::uint64_t timeout_ms, Fence fence) const {
  auto session = std::make_shared<Session>();
  session->fence = std::move(fence);
  session->submitted = Clock::now();
  session->deadline = session->submitted + std::chrono::milliseconds(timeout_ms);
  session->mailbox = mailbox_;
  return session;
}

loop::Pending LaneWriter::begin(std::uint64_t timeout_ms,
                                base::Function<void(Result<std::unique_ptr<Transaction>>)> done, Fence fence) {
  auto begins = session(timeout_ms, std::move(fence));
  begins->begun = std::make_shared<Call<std::unique_ptr<Transaction>>>(mailbox_, std::move(done));
  begins->handle = [&queue = queue_, weak = std::weak_ptr<Session>(begins)]() {
    return std::unique_ptr<Transaction>(std::make_unique<OpenTransaction>(queue, weak.lock()));
  };
  queue_.submit(begins);
  return Call<std::unique_ptr<Transaction>>::pending(begins->begun);
}

loop::Pending LaneWriter::write(std::vector<Query> queries, std::uint64_t timeout_ms,
                                base::Function<void(Result<std::vector<Rows>>)> done, Fence fence) {
  auto batch = session(timeout_ms, std::move(fence));
  batch->batch = std::move(queries);
  batch->written = std::make_shared<Call<std::vector<Rows>>>(mailbox_, std::move(done));
  auto written = batch->written;
  queue_.submit(std::move(batch));
  return Call<std::vector<Rows>>::pending(std::move(written));
}

}  // namespace host::store
