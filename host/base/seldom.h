// Seldom: for a log line about what may happen thousands of times a second. The first is told at
// once, the next ten seconds later with how many there were. One thread at a time.
#pragma once

#include <cstdint>

namespace host::base {

class Seldom {
 public:
  // How many since the last line, this one included; 0: not now.
  std::uint64_t times() noexcept;

 private:
  std::uint64_t count_ = 0;
  std::int64_t told_ = -1;  // seconds of the monotonic clock; -1: never
};

}  // namespace host::base
