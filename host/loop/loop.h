// Loop: one libuv loop, owned by one thread. Everything made on it must be gone
// before it. Only post() may be called from other threads.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "base/function.h"
#include "loop/pending.h"

struct uv_loop_s;
struct uv_async_s;
struct uv_prepare_s;
struct uv_check_s;

namespace host::loop {

class Loop {
 public:
  Loop();
  ~Loop();  // drains closing handles and what cannot be cancelled; logs if a handle leaked
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // Runs until stop(), called on this thread or posted.
  void run();
  void stop() noexcept;
  // One round without blocking. For tests.
  void poll();

  // Thread-safe. Runs `work` on the loop's thread, in order, on a later turn. After
  // the loop has stopped for good, posted work is destroyed without running.
  void post(base::Function<void()> work);

  // Runs `work` on this thread on a later turn; dropping the Pending cancels it.
  Pending later(base::Function<void()> work);

  // Called whenever callbacks have run: after those of I/O and after those of timers, so
  // always before the loop blocks. The store closes its read snapshot here.
  void at_turn_end(base::Function<void()> hook);

  std::uint64_t now_ms() const noexcept;  // monotonic, cached per turn

  uv_loop_s* raw() noexcept { return loop_.get(); }  // for loop/ only

 private:
  struct Delete {
    void operator()(uv_loop_s* loop) const noexcept;
  };
  struct Deferred;

  void drain() noexcept;
  void end_turn() noexcept;

  std::unique_ptr<uv_loop_s, Delete> loop_;
  uv_async_s* wake_ = nullptr;
  uv_prepare_s* prepare_ = nullptr;
  uv_check_s* check_ = nullptr;
  std::mutex mutex_;
  std::deque<base::Function<void()>> posted_;
  std::vector<base::Function<void()>> turn_end_;
};

}  // namespace host::loop
