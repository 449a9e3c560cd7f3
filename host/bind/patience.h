// How long a handler waits for Asterisk.
#pragma once

#include <algorithm>
#include <cstdint>

#include "script/task.h"

namespace host::bind {

// In milliseconds: up to its deadline, less a moment in which it can still say what it waited for.
inline std::uint64_t patience_ms(const script::Task& task) {
  std::uint64_t left = task.remaining_ms();
  return std::max<std::uint64_t>(left - std::min<std::uint64_t>(left / 4, 500), 1);
}

}  // namespace host::bind
