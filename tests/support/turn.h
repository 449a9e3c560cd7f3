// Turning a loop from a test until something has happened.
#pragma once

#include <unistd.h>

#include <chrono>

#include "loop/loop.h"

namespace test {

// Turns the loop until `ready` says so; false after `limit_ms`, which ends a test that hangs.
template <typename Ready>
bool turn_until(host::loop::Loop& loop, Ready ready, int limit_ms = 60'000) {
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(limit_ms);
  while (!ready()) {
    loop.poll();
    if (ready()) return true;
    if (std::chrono::steady_clock::now() > end) return false;
    ::usleep(200);
  }
  return true;
}

inline void turn_for(host::loop::Loop& loop, int ms) {
  turn_until(loop, [] { return false; }, ms);
}

}  // namespace test
