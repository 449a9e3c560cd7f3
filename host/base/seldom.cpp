#include "base/seldom.h"

#include <ctime>
#include <utility>

namespace host::base {

std::uint64_t Seldom::times() noexcept {
  static constexpr std::int64_t every = 10;
  ++count_;
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (told_ >= 0 && now.tv_sec < told_ + every) return 0;
  told_ = now.tv_sec;
  return std::exchange(count_, 0);
}

}  // namespace host::base
