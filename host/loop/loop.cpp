#include "loop/loop.h"

#include <uv.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "base/log.h"
#include "base/result.h"

namespace host::loop {

// A resolver that gets no answer gives up after five seconds, twice for each server.
static constexpr std::chrono::seconds longest_request{15};

void Loop::Delete::operator()(uv_loop_s* loop) const noexcept { delete loop; }

Loop::Loop() : loop_(new uv_loop_t) {
  // libuv writes without MSG_NOSIGNAL: a peer that has gone must be an error of that
  // write, not the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  CHECK(uv_loop_init(loop_.get()) == 0);
  loop_->data = this;
  wake_ = new uv_async_t;
  wake_->data = this;
  CHECK(uv_async_init(loop_.get(), wake_, [](uv_async_t* handle) noexcept {
          static_cast<Loop*>(handle->data)->drain();
        }) == 0);
  prepare_ = new uv_prepare_t;
  prepare_->data = this;
  uv_prepare_init(loop_.get(), prepare_);
  uv_prepare_start(prepare_, [](uv_prepare_t* handle) noexcept {
    static_cast<Loop*>(handle->data)->end_turn();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(prepare_));
  // libuv runs timers between one round's callbacks and the next round's prepare.
  check_ = new uv_check_t;
  check_->data = this;
  uv_check_init(loop_.get(), check_);
  uv_check_start(check_, [](uv_check_t* handle) noexcept {
    static_cast<Loop*>(handle->data)->end_turn();
  });
  uv_unref(reinterpret_cast<uv_handle_t*>(check_));
}

Loop::~Loop() {
  std::deque<base::Function<void()>> dropped;
  {
    std::lock_guard lock(mutex_);
    dropped.swap(posted_);
  }
  dropped.clear();
  turn_end_.clear();
  uv_close(reinterpret_cast<uv_handle_t*>(wake_),
           [](uv_handle_t* handle) noexcept { delete reinterpret_cast<uv_async_t*>(handle); });
  uv_close(reinterpret_cast<uv_handle_t*>(prepare_),
           [](uv_handle_t* handle) noexcept { delete reinterpret_cast<uv_prepare_t*>(handle); });
  uv_close(reinterpret_cast<uv_handle_t*>(check_),
           [](uv_handle_t* handle) noexcept { delete reinterpret_cast<uv_check_t*>(handle); });
  // Handles that are closing, and requests already cancelled, finish here. A name that is being
  // looked up or a block that is being read ends in its own time, on a thread of libuv's.
  auto end = std::chrono::steady_clock::now() + longest_request;
  for (int round = 0; uv_run(loop_.get(), UV_RUN_NOWAIT) != 0; ++round) {
    if (round < 1000) continue;
    if (loop_->active_reqs.count == 0 || std::chrono::steady_clock::now() > end) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (int code = uv_loop_close(loop_.get()); code != 0) {
    base::log::error("loop", "a handle was left open", {{"reason", uv_err_name(code)}});
    loop_.release();  // freeing memory that libuv still uses would be worse than the leak
  }
}

void Loop::run() { uv_run(loop_.get(), UV_RUN_DEFAULT); }

void Loop::stop() noexcept { uv_stop(loop_.get()); }

void Loop::poll() { uv_run(loop_.get(), UV_RUN_NOWAIT); }

void Loop::post(base::Function<void()> work) {
  bool wake = false;
  {
    std::lock_guard lock(mutex_);
    wake = posted_.empty();
    posted_.push_back(std::move(work));
  }
  // One wake-up per batch: drain() empties the queue under the same lock.
  if (wake) uv_async_send(wake_);
}

void Loop::drain() noexcept {
  std::deque<base::Function<void()>> batch;
  {
    std::lock_guard lock(mutex_);
    batch.swap(posted_);
  }
  for (auto& work : batch) work();
}

struct Loop::Deferred {
  base::Function<void()> work;
};

Pending Loop::later(base::Function<void()> work) {
  auto deferred = std::make_shared<Deferred>(Deferred{std::move(work)});
  post([deferred] {
    if (!deferred->work) return;
    auto run = std::move(deferred->work);
    deferred->work = nullptr;
    run();
  });
  return Pending::cancelled_by([deferred] { deferred->work = nullptr; });
}

void Loop::at_turn_end(base::Function<void()> hook) { turn_end_.push_back(std::move(hook)); }

void Loop::end_turn() noexcept {
  for (auto& hook : turn_end_) hook();
}

std::uint64_t Loop::now_ms() const noexcept { return uv_now(loop_.get()); }

}  // namespace host::loop
