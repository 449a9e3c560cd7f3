// Guard: notices when the file of a SQLite store is deleted, replaced or cut short below a host
// that has it open, or its write-ahead log is: what is written from then on would be gone with
// the last connection. Looks at names only and opens nothing: to close a descriptor of a file
// gives up every lock this process has on it. Thread-safe.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace host::store {

class Guard {
 public:
  // A URL of another engine is never found wanting.
  explicit Guard(std::string_view url);
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;

  // Looks, and logs what has changed. From one thread, every second or so.
  void look();

  // `unavailable` with the reason while writes would be lost. Cheap.
  base::Result<void> standing() const;
  bool lost() const noexcept { return lost_.load(std::memory_order_relaxed); }
  // Of the write-ahead log, as of the last look.
  std::uint64_t log_bytes() const noexcept { return log_bytes_.load(std::memory_order_relaxed); }

 private:
  struct Seen {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    bool there = false;
  };
  static Seen see(const std::string& path) noexcept;
  std::string find_fault();

  std::string path_;  // empty: nothing to guard
  Seen file_, log_;   // as they were first seen; the size is the largest so far
  std::atomic<bool> lost_{false};
  std::atomic<std::uint64_t> log_bytes_{0};
  mutable std::mutex mutex_;
  std::string reason_;
};

}  // namespace host::store
