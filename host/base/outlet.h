// Outlet: takes lines to a descriptor and never waits for whoever reads it: a log pipe that
// nobody empties must not stop the host. What does not fit is kept up to a bound, then whole
// lines are dropped and counted. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace host::base {

class Outlet {
 public:
  // Before threads exist. A regular file is written to directly: it does not make us wait.
  void open(int descriptor, std::size_t most_kept) noexcept;

  void write(std::string_view lines) noexcept;
  // Tries again what was kept.
  void flush() noexcept;
  // Waits up to `ms` for the reader; at the end of the process.
  void drain(int ms) noexcept;

  std::uint64_t dropped() const noexcept { return dropped_.load(std::memory_order_relaxed); }
  // Lines dropped since the last call, once what was kept has left; else 0.
  std::uint64_t untold() noexcept;

 private:
  bool writable(int ms) const noexcept;
  std::size_t offer(std::string_view bytes) noexcept;
  void push() noexcept;

  int descriptor_ = 2;
  std::size_t most_kept_ = 1u << 20;
  bool direct_ = true;
  std::mutex mutex_;
  std::string kept_;
  std::uint64_t told_ = 0;
  std::atomic<bool> keeps_{false};
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace host::base
