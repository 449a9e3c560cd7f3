// Watchdog: one thread per process that interrupts Lua code which runs long, so that others
// get their turn, and stops what runs too long. A Lua state gets a Slot; its lane marks when
// Lua runs. Compiled code ignores hooks, so scripts run interpreted, and the hook is armed
// from outside: no steady cost. Budgets are processor time of the thread: a machine that is
// too busy for us is no fault of the script.
//
// The hook is set by the lane's own thread, in a signal handler (SIGURG) when the watchdog wants it:
// LuaJIT keeps in the same byte, without a lock, whether a hook or a finalizer runs.
#pragma once

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdint>
#include <ctime>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/function.h"

struct lua_State;
struct lua_Debug;

namespace host::script {

class Watchdog {
 public:
  // `stuck` runs on the watchdog's thread when a slot is `stuck_ms` over its budget in
  // spite of the hook, or six times that by the clock on the wall; the default logs and
  // aborts, so that a supervisor restarts us.
  explicit Watchdog(std::uint64_t stuck_ms = 10'000,
                    base::Function<void(const std::string&)> stuck = nullptr);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  using Hook = void (*)(lua_State*, lua_Debug*);

  // One Lua state. Destroyed before the state closes.
  class Slot {
   public:
    // `watchdog` may be null: time is measured, nothing is stopped.
    Slot(Watchdog* watchdog, lua_State* L, Hook hook, std::string name);
    ~Slot();
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

    // On the thread that runs Lua. `slice_ns`: the hook is armed, sparsely, after that much;
    // 0: only when the budget is used up. `hold_ns`: what cannot be interrupted for its slices
    // has no longer than this; 0: as long as any other.
    void enter(std::uint64_t budget_ns, std::uint64_t slice_ns = 0, std::uint64_t hold_ns = 0) noexcept;
    std::uint64_t leave() noexcept;  // nanoseconds since enter
    // For the hook: why was it armed? Neither: for a run that is over.
    bool over_budget() const noexcept;
    bool over_slice() const noexcept;
    bool over_hold() const noexcept;
    // Processor time of this run, as far as the watchdog has looked.
    std::uint64_t used_ns() noexcept;
    void disarm() noexcept;
    void insist() noexcept;  // in the hook: it comes at every instruction from now on
    // After a long call of a primitive: over its slice, the hook comes at the next instruction.
    void soon() noexcept;
    void relax() noexcept;  // in the hook, where nothing can be done: sparsely again

   private:
    friend class Watchdog;
    Watchdog* watchdog_;
    lua_State* state_;
    Hook hook_;
    std::string name_;
    std::atomic<std::uint64_t> started_{0};  // 0: no Lua code runs
    std::atomic<std::uint64_t> budget_{0};
    std::atomic<std::uint64_t> slice_{0};
    std::atomic<std::uint64_t> hold_{0};
    std::atomic<pthread_t> thread_{};
    std::atomic<clockid_t> clock_{};         // processor time of that thread
    std::atomic<std::uint64_t> armed_{0};    // started_ of the run that is over its budget,
    std::atomic<std::uint64_t> due_{0};      // of the one that is over its slice,
    std::atomic<std::uint64_t> held_{0};     // and of the one that has held its lane too long
    std::uint64_t seen_ = 0;                 // started_ of the run last looked at,
    std::uint64_t seen_cpu_ = 0;             // and its thread's time then
    Slot* outer_ = nullptr;  // what the thread ran before it entered this
    volatile std::sig_atomic_t setting_ = 0;
    void arm() noexcept;
    void ask() noexcept;
    static void asked(int) noexcept;
    static thread_local Slot* volatile running_;
    void set(int mask, int count) noexcept;
    bool dense_ = false;  // the lane's own: soon() was the last to set the hook
    std::mutex standalone_;
  };

 private:
  void watch();
  void look(std::uint64_t now);

  std::uint64_t stuck_ns_;
  base::Function<void(const std::string&)> stuck_;
  std::mutex mutex_;  // slots_, and every lua_sethook
  std::condition_variable wake_;
  std::vector<Slot*> slots_;
  bool stopping_ = false;
  std::thread thread_;
};

std::uint64_t monotonic_ns() noexcept;

}  // namespace host::script
