#include "base/outlet.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace host::base {

// A pipe that can be written to has room for a page.
static constexpr std::size_t page = 4096;

void Outlet::open(int descriptor, std::size_t most_kept) noexcept {
  std::lock_guard lock(mutex_);
  struct stat info {};
  descriptor_ = descriptor;
  most_kept_ = most_kept;
  direct_ = ::fstat(descriptor, &info) != 0 || S_ISREG(info.st_mode);
}

bool Outlet::writable(int ms) const noexcept {
  pollfd one{descriptor_, POLLOUT, 0};
  return ::poll(&one, 1, ms) > 0;
}

// How many bytes it took without a wait. All of them when nobody ever will.
std::size_t Outlet::offer(std::string_view bytes) noexcept {
  std::size_t sent = 0;
  while (sent < bytes.size() && writable(0)) {
    ssize_t count = ::write(descriptor_, bytes.data() + sent, std::min(page, bytes.size() - sent));
    if (count > 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return errno == EAGAIN ? sent : bytes.size();
    }
  }
  return sent;
}

void Outlet::push() noexcept {
  kept_.erase(0, offer(kept_));
  if (kept_.empty()) kept_.shrink_to_fit();
  keeps_.store(!kept_.empty(), std::memory_order_relaxed);
}

void Outlet::write(std::string_view lines) noexcept {
  if (direct_) {
    [[maybe_unused]] auto written = ::write(descriptor_, lines.data(), lines.size());
    return;
  }
  std::lock_guard lock(mutex_);
  push();
  if (kept_.empty()) lines.remove_prefix(offer(lines));
  if (lines.empty()) return;
  // The rest of a line whose beginning is out is kept whatever its size.
  bool begun = kept_.empty();
  if (!begun && kept_.size() + lines.size() > most_kept_) {
    dropped_.fetch_add(static_cast<std::uint64_t>(std::count(lines.begin(), lines.end(), '\n')),
                       std::memory_order_relaxed);
    return;
  }
  kept_ += lines;
  keeps_.store(true, std::memory_order_relaxed);
}

void Outlet::flush() noexcept {
  if (!keeps_.load(std::memory_order_relaxed)) return;
  std::lock_guard lock(mutex_);
  push();
}

void Outlet::drain(int ms) noexcept {
  std::lock_guard lock(mutex_);
  for (int left = ms; !kept_.empty() && left > 0; left -= 10) {
    if (writable(10)) push();
  }
}

std::uint64_t Outlet::untold() noexcept {
  if (dropped() == 0) return 0;
  std::lock_guard lock(mutex_);
  if (!kept_.empty()) return 0;
  std::uint64_t all = dropped();
  return all - std::exchange(told_, all);
}

}  // namespace host::base
