#include "store/mariadb/writer.h"

#include <mysql.h>
#include <pthread.h>

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "store/fault.h"

namespace host::store::mariadb {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr int most_tries = 6;
constexpr auto first_pause = std::chrono::milliseconds(5);
constexpr auto commit_time = std::chrono::seconds(30);

// The transactions of one thread, one after the other.
class Worker final : public Turn {
 public:
  Worker(Server& server, Tally& tally) : server_(server), tally_(tally) {}

  Result<void> begin(const store::Session&) override {
    steps_.clear();
    lost_ = false;
    tries_ = 0;
    return open();
  }

  bool lost() const noexcept override { return lost_; }

  Result<Rows> run(const store::Session& session, Query query, const Limits& limits) override {
    for (;;) {
      auto rows = connection_->run(query, limits, {session.deadline, nullptr});
      if (rows) {
        steps_.push_back({std::move(query), limits, rows->last_id, fingerprint(*rows)});
        return rows;
      }
      if (!whole_is_gone()) return rows;
      if (auto again = repeat(session); !again) {
        lost_ = true;
        return again.error();
      }
    }
  }

  void keep(const store::Session& session, Answer answer) override {
    for (;;) {
      bool asked = !connection_->closed();  // else it was lost before
      connection_->set_stop({Clock::now() + commit_time, nullptr});
      auto committed = connection_->execute("COMMIT");
      connection_->set_stop({});
      if (committed) {
        open_ = false;
        ++tally_.transactions;
        tally_.commits.fetch_add(1, std::memory_order_release);
        return answer(Result<void>());
      }
      // Anything but these may have come after the commit, or instead of its answer.
      if (asked && !connection_->rolled_back() && !connection_->refused()) {
        ++tally_.rollbacks;
        connection_ = nullptr;
        open_ = false;
        base::log::error("store", "nobody knows whether a transaction is done", {{"reason", committed.error().message}});
        return answer(fault(Code::unavailable, "store: the server was lost at the commit: it may be done, or not", "unknown"));
      }
      if (auto again = repeat(session); !again) {
        ++tally_.rollbacks;
        return answer(again);
      }
    }
  }

  void undo() override {
    ++tally_.rollbacks;
    steps_.clear();
    roll_back();
  }

 private:
  // What a transaction ran and what it answered: enough to do it again.
  struct Step {
    Query query;
    Limits limits;
    std::int64_t last_id;
    std::size_t answered;
  };

  // Never begun over an open one: that would commit it. A session that idled may have been closed by the
  // server meanwhile, and a server that opens one may still refuse or be behind: then the next is asked.
  Result<void> open() {
    roll_back();
    Error last = base::internal("not begun");
    for (std::size_t left = server_.address().hosts.size() + 1; left > 0; --left) {
      if (!connection_ || !connection_->reusable()) {
        connection_ = nullptr;
        TRY(connection_, Connection::open(server_, Role::writer));
      }
      auto begun = connection_->execute("START TRANSACTION");
      open_ = begun.ok();
      if (open_) return {};
      last = begun.error();
      connection_ = nullptr;
    }
    return last;
  }

  void roll_back() {
    if (connection_ && open_ && !connection_->execute("ROLLBACK")) connection_ = nullptr;
    open_ = false;
  }

  bool whole_is_gone() const noexcept { return connection_->rolled_back() || !connection_->reusable(); }

  Result<void> repeat(const store::Session& session) {
    Error why = fault(Code::unavailable, "store: busy, others change the same rows", "busy");
    while (++tries_ < most_tries && Clock::now() < session.deadline) {
      ++tally_.busy;
      // Not all that lost against each other at the same moment again.
      std::this_thread::sleep_for(first_pause * (1 << tries_) * (1 + (reinterpret_cast<std::uintptr_t>(this) >> 8) % 3) / 2);
      auto done = repeat_once(session);
      if (done) return done;
      if (!connection_ || !whole_is_gone()) return done;
      why = done.error();
    }
    return why;
  }

  Result<void> repeat_once(const store::Session& session) {
    TRY_VOID(open());
    for (const Step& step : steps_) {
      // The same row gets the same number: others may hold it by now, in a step or in a script.
      if (step.last_id > 0) TRY_VOID(connection_->execute(fmt::format("SET insert_id = {}", step.last_id)));
      TRY(Rows rows, connection_->run(step.query, step.limits, {session.deadline, nullptr}));
      if (fingerprint(rows) == step.answered) continue;
      roll_back();
      return fault(Code::unavailable, "store: busy, others changed what it had read", "busy");
    }
    return {};
  }

  Server& server_;
  Tally& tally_;
  std::unique_ptr<Connection> connection_;
  std::vector<Step> steps_;
  bool open_ = false;  // a transaction of ours
  bool lost_ = false;
  int tries_ = 0;
};

}  // namespace

WriteThreads::WriteThreads(Server& server, Tally& tally, const Settings& settings)
    : server_(server), tally_(tally), settings_(settings) {
  for (unsigned i = 0; i < std::max(1u, settings.writer_threads); ++i) threads_.emplace_back([this] { work(); });
}

WriteThreads::~WriteThreads() {
  queue_.stop();
  for (auto& thread : threads_) thread.join();
}

void WriteThreads::work() {
  pthread_setname_np(pthread_self(), "store-writer");
  mysql_thread_init();
  {
    Worker worker(server_, tally_);
    while (auto session = queue_.take(true)) serve(queue_, *session, worker, tally_, settings_.idle_ms);
  }
  mysql_thread_end();
}

}  // namespace host::store::mariadb
