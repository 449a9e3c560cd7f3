#include "script/watchdog.h"

#include <lua.hpp>

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "base/log.h"
#include "base/result.h"

namespace host::script {

static constexpr auto interval = std::chrono::milliseconds(10);
static constexpr std::uint64_t interval_ns = 10'000'000u;
// Instructions between two calls of the hook of a slice. It may come where the code cannot be
// interrupted, so it has to be cheap enough to come again.
static constexpr int sparse = 100;

// 0 for the clock of a thread that has ended.
static std::uint64_t read_clock(clockid_t clock) noexcept {
  timespec now{};
  if (::clock_gettime(clock, &now) != 0) return 0;
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

std::uint64_t monotonic_ns() noexcept { return read_clock(CLOCK_MONOTONIC); }

Watchdog::Slot::Slot(Watchdog* watchdog, lua_State* L, Hook hook, std::string name)
    : watchdog_(watchdog), state_(L), hook_(hook), name_(std::move(name)) {
  if (!watchdog_) return;
  std::lock_guard lock(watchdog_->mutex_);
  watchdog_->slots_.push_back(this);
}

Watchdog::Slot::~Slot() {
  if (!watchdog_) return;
  std::lock_guard lock(watchdog_->mutex_);
  auto& slots = watchdog_->slots_;
  slots.erase(std::find(slots.begin(), slots.end(), this));
}

void Watchdog::Slot::enter(std::uint64_t budget_ns, std::uint64_t slice_ns,
                           std::uint64_t hold_ns) noexcept {
  clockid_t clock{};
  ::pthread_getcpuclockid(::pthread_self(), &clock);  // arithmetic, no system call
  clock_.store(clock, std::memory_order_relaxed);
  budget_.store(budget_ns, std::memory_order_relaxed);
  slice_.store(slice_ns, std::memory_order_relaxed);
  hold_.store(hold_ns, std::memory_order_relaxed);
  thread_.store(::pthread_self(), std::memory_order_relaxed);
  outer_ = running_;
  running_ = this;
  started_.store(monotonic_ns(), std::memory_order_release);
}

std::uint64_t Watchdog::Slot::leave() noexcept {
  std::uint64_t started = started_.load(std::memory_order_relaxed);
  started_.store(0, std::memory_order_release);
  running_ = outer_;
  return monotonic_ns() - started;
}

bool Watchdog::Slot::over_budget() const noexcept {
  std::uint64_t started = started_.load(std::memory_order_relaxed);
  return started != 0 && started == armed_.load(std::memory_order_relaxed);
}

bool Watchdog::Slot::over_slice() const noexcept {
  std::uint64_t started = started_.load(std::memory_order_relaxed);
  return started != 0 && started == due_.load(std::memory_order_relaxed);
}

bool Watchdog::Slot::over_hold() const noexcept {
  std::uint64_t started = started_.load(std::memory_order_relaxed);
  return started != 0 && started == held_.load(std::memory_order_relaxed);
}

std::uint64_t Watchdog::Slot::used_ns() noexcept {
  std::lock_guard lock(watchdog_ ? watchdog_->mutex_ : standalone_);
  if (seen_ == 0 || seen_ != started_.load(std::memory_order_relaxed)) return 0;
  return read_clock(clock_.load(std::memory_order_relaxed)) - seen_cpu_ + interval_ns;
}

void Watchdog::Slot::set(int mask, int count) noexcept {
  std::lock_guard lock(watchdog_ ? watchdog_->mutex_ : standalone_);
  setting_ = 1;
  lua_sethook(state_, mask ? hook_ : nullptr, mask, count);
  setting_ = 0;
  dense_ = false;
}

void Watchdog::Slot::disarm() noexcept { set(0, 0); }

void Watchdog::Slot::insist() noexcept {
  set(LUA_MASKCOUNT | LUA_MASKLINE | LUA_MASKCALL | LUA_MASKRET, 1);
}

void Watchdog::Slot::soon() noexcept {
  // Armed to kill it comes at every instruction already.
  if (!over_slice() || over_budget() || dense_) return;
  set(LUA_MASKCOUNT, 1);
  dense_ = true;
}

void Watchdog::Slot::relax() noexcept {
  if (dense_) set(LUA_MASKCOUNT, sparse);
}

thread_local Watchdog::Slot* volatile Watchdog::Slot::running_ = nullptr;

// On the lane. What it may have interrupted is LuaJIT anywhere, for which lua_sethook is safe in a
// handler, and our own use of it, for which it is not: the watchdog asks again.
void Watchdog::Slot::arm() noexcept {
  if (!setting_ && lua_gethookmask(state_) == 0) lua_sethook(state_, hook_, LUA_MASKCOUNT, sparse);
}

void Watchdog::Slot::asked(int) noexcept {
  if (Slot* slot = running_) slot->arm();
}

// On the watchdog's thread, under its lock. Lua notes in the byte of the mask, and without a lock,
// that a hook or a finalizer is running. Written from another thread, a note that is over can come
// back and stay: the next coroutine that waits takes itself for a hook, and goes on anywhere.
void Watchdog::Slot::ask() noexcept {
  if (lua_gethookmask(state_) != 0) return;
#ifdef __SANITIZE_THREAD__
  arm();  // its signals come when a thread calls the system, which a script that hangs does not
#else
  ::pthread_kill(thread_.load(std::memory_order_relaxed), SIGURG);
#endif
}

// Ignored by default, so a late one does no harm.
static void take_signal(void (*handler)(int)) {
  struct sigaction action{};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  CHECK(::sigaction(SIGURG, &action, nullptr) == 0);
}

Watchdog::Watchdog(std::uint64_t stuck_ms, base::Function<void(const std::string&)> stuck)
    : stuck_ns_(stuck_ms * 1'000'000u), stuck_(std::move(stuck)) {
  take_signal(&Slot::asked);
  thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    look(monotonic_ns());
    wake_.wait_for(lock, interval);
  }
}

void Watchdog::look(std::uint64_t now) {
  for (Slot* slot : slots_) {
    std::uint64_t started = slot->started_.load(std::memory_order_acquire);
    if (started == 0 || now <= started) continue;
    std::uint64_t budget = slot->budget_.load(std::memory_order_relaxed);
    std::uint64_t cpu = read_clock(slot->clock_.load(std::memory_order_relaxed));
    if (slot->seen_ != started) {
      slot->seen_ = started;
      slot->seen_cpu_ = cpu;
    }
    std::uint64_t used = cpu > slot->seen_cpu_ ? cpu - slot->seen_cpu_ : 0;
    bool hangs = now - started > budget + 6 * stuck_ns_;
    // The first look came up to an interval after the start.
    if (now - started <= budget || (used + interval_ns <= budget && !hangs)) {
      std::uint64_t slice = slot->slice_.load(std::memory_order_relaxed);
      if (slice == 0 || used < slice) continue;
      slot->due_.store(started, std::memory_order_relaxed);
      std::uint64_t hold = slot->hold_.load(std::memory_order_relaxed);
      if (hold != 0 && used >= hold) slot->held_.store(started, std::memory_order_relaxed);
      slot->ask();
      continue;
    }
    slot->armed_.store(started, std::memory_order_relaxed);
    slot->ask();  // the hook checks again, as the lane may have moved on
    if (used <= budget + stuck_ns_ && !hangs) continue;
    if (stuck_) {
      stuck_(slot->name_);
    } else {
      base::log::error("script", "a lane hangs and cannot be stopped", {{"lane", slot->name_}});
      std::abort();
    }
  }
}

}  // namespace host::script
