// Timer: one libuv timer. Deadlines: many coarse time-outs over one timer, for
// things every request has (arming a libuv timer per request costs more than the
// request). After a destructor returns, no callback runs.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "base/function.h"
#include "loop/loop.h"
#include "loop/pending.h"

struct uv_timer_s;

namespace host::loop {

class Timer {
 public:
  Timer(Loop& loop, base::Function<void()> callback);
  ~Timer();
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  // Fires after `delay_ms`, then every `repeat_ms` unless that is 0. Restarts if armed.
  void start(std::uint64_t delay_ms, std::uint64_t repeat_ms = 0);
  void stop() noexcept;

 private:
  struct Handle;
  Handle* handle_;
};

class Deadlines {
 public:
  explicit Deadlines(Loop& loop);
  ~Deadlines();

  // Calls `callback` once, `delay_ms` from now, late by at most 50 ms. Drop to cancel.
  Pending after(std::uint64_t delay_ms, base::Function<void()> callback);

 private:
  struct Wheel;
  std::shared_ptr<Wheel> wheel_;
};

// fire-once timer as a Pending.
Pending after(Loop& loop, std::uint64_t delay_ms, base::Function<void()> callback);

}  // namespace host::loop
