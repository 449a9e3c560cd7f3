// Notices that a script changed. Contents decide, not events: editors save in many ways,
// and a rename into place or a network file system raises no reliable notification.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/function.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace host::app {

class Watch {
 public:
  // Calls `changed` when a *.lua below the folders was added, removed or written, once the
  // tree has been still for one interval (a half-written file is not loaded).
  Watch(loop::Loop& loop, std::vector<std::string> folders, std::uint64_t interval_ms,
        base::Function<void()> changed);

  // What was seen just now is the state to compare with (after a reload by hand).
  void settle();
  // Whether the folders are still as they were then.
  bool settled() const;

 private:
  void look();

  std::vector<std::string> folders_;
  base::Function<void()> changed_;
  std::uint64_t settled_ = 0;
  std::uint64_t last_ = 0;
  loop::Timer timer_;
};

// A number that differs when names, sizes, times or inodes of the scripts differ.
std::uint64_t folder_signature(const std::vector<std::string>& folders);

}  // namespace host::app
