// Runtime: one Lua state with a memory cap, its pool of coroutines, and what runs in it
// right now. Used on its lane's thread only. Everything Lua-side dies with it.
#pragma once

#include <lua.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "script/blocks.h"
#include "script/pattern.h"
#include "script/watchdog.h"

namespace host::script {

class Task;
struct Strand;
class Loader;

// A Lua coroutine that is reused for request after request.
struct Coroutine {
  lua_State* thread = nullptr;
  int reference = LUA_NOREF;
  int request = LUA_NOREF;  // registry slot that keeps the `req` table of its request
};

// Functions of the host that the tasks start with, as registry references.
struct Entries {
  int handle = LUA_NOREF;
  int failed = LUA_NOREF;
};

class Runtime {
 public:
  Runtime(std::size_t memory_limit, Watchdog* watchdog, const std::string& name);
  ~Runtime();
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;

  lua_State* state() noexcept { return state_; }
  std::size_t memory() const noexcept { return used_; }
  // What may still be made in it.
  std::size_t room() const noexcept { return limit_ > used_ ? limit_ - used_ : 0; }
  Watchdog::Slot& slot() noexcept { return *slot_; }

  // Memory of C++ that a Lua value owns: it counts as the state's own. Raises "not enough
  // memory" when there is no room even after a collection.
  void take_outside(lua_State* L, std::size_t bytes);
  void give_outside(std::size_t bytes) noexcept { used_ -= bytes; }

  // An empty coroutine, or an error when there is no memory for one.
  base::Result<Coroutine> acquire();
  // The same for the state that runs now; raises instead.
  Coroutine acquire_from(lua_State* L);
  // `clean`: it ran to its end; any other cannot be used again.
  void release(Coroutine coroutine, bool clean) noexcept;

  // Frees what is garbage when the state is near its cap. After a task only.
  void relieve() noexcept;
  void collect() noexcept;

  Task* running = nullptr;
  Strand* strand = nullptr;
  Entries entries;
  PatternCache patterns;
  int callback_depth = 0;  // C functions that called back into Lua, on the native stack
  bool loading = true;
  Loader* loader = nullptr;  // while scripts load
  // What runs is over its budget, or has held its lane too long: raises now and at every
  // instruction until the task is dead, so that no pcall outlives it.
  [[noreturn]] void kill(lua_State* L, bool over_budget);
  // Can what runs on `L` be interrupted here and go on later?
  bool may_slice(lua_State* L) const noexcept;

  bool sliced = false;     // the hook has interrupted what ran
  bool killed = false;     // the hook has raised in what runs now
  bool held = false;       // because it could not be interrupted for too long
  std::string killed_at;   // "file:line" of the first time

 private:
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) noexcept;
  friend Runtime* find_runtime(lua_State* L) noexcept;
  void hasten() noexcept;

  Blocks blocks_;
  std::size_t used_ = 0;
  std::size_t limit_;
  std::size_t hasten_at_;  // so much, and the collector has to begin; the cap once it has been told
  std::size_t after_collection_ = 0;
  bool stepping_ = false;  // a collection is on
  lua_State* state_ = nullptr;
  std::unique_ptr<Watchdog::Slot> slot_;
  std::vector<Coroutine> pool_;
};

// The runtime of a state; nullptr for a state that is not ours (a unit test's own).
Runtime* find_runtime(lua_State* L) noexcept;

// What a failed Lua call left on top of the stack, as an Error. `unavailable`: no memory.
base::Error lua_failure(lua_State* L, int status);

// Runs `work(L)` so that a Lua error in it comes back as an Error.
template <typename Work>
base::Result<void> guarded(lua_State* L, Work work) {
  int status = lua_cpcall(
      L,
      [](lua_State* inner) -> int {
        Work& body = *static_cast<Work*>(lua_touserdata(inner, 1));
        lua_settop(inner, 0);
        body(inner);
        return 0;
      },
      &work);
  if (status == 0) return {};
  return lua_failure(L, status);
}

}  // namespace host::script
