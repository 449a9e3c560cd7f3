#include "script/runtime.h"

#include <algorithm>
#include <cstdlib>

#include "base/log.h"
#include "script/task_state.h"

namespace host::script {

static constexpr std::size_t pooled_coroutines = 256;
static constexpr std::size_t reserve = 1u << 20;
// Of the collector, in percent: how much of what is alive it waits for, and how much it marks and
// sweeps for each byte allocated.
static constexpr int hasty_pause = 140;
static constexpr int hasty_pace = 800;
static constexpr int usual_pace = 200;

void* Runtime::allocate(void* self, void* block, std::size_t old_size,
                        std::size_t new_size) noexcept {
  auto& runtime = *static_cast<Runtime*>(self);
  // Shrinking must always work, whatever the cap says.
  if (new_size > old_size && runtime.used_ + (new_size - old_size) > runtime.hasten_at_) {
    if (runtime.used_ + (new_size - old_size) > runtime.limit_) return nullptr;
    runtime.hasten();
  }
  void* moved = runtime.blocks_.resize(block, old_size, new_size);
  if (moved || new_size == 0) runtime.used_ += new_size - old_size;
  return moved;
}

Runtime* find_runtime(lua_State* L) noexcept {
  void* self = nullptr;
  if (lua_getallocf(L, &self) != &Runtime::allocate) return nullptr;
  return static_cast<Runtime*>(self);
}

// Armed by the watchdog. Over the budget it raises at every instruction until the task is
// dead, so that no pcall outlives it. Over a slice it yields, where Lua can: not below a C
// function, not in a coroutine of the script's own.
//
// What cannot yield holds the lane: it has less time than the budget.
static void interrupt(lua_State* L, lua_Debug*) {
  Runtime& runtime = *find_runtime(L);
  bool over_budget = runtime.slot().over_budget();
  if (!over_budget && !runtime.killed) {
    if (!runtime.slot().over_slice()) return runtime.slot().disarm();  // armed for the run before this one
    if (runtime.may_slice(L)) {
      runtime.sliced = true;
      lua_yield(L, 0);
      return;
    }
    if (!runtime.slot().over_hold()) return runtime.slot().relax();
  }
  runtime.kill(L, over_budget);
}

void Runtime::kill(lua_State* L, bool over_budget) {
  if (!killed) {
    killed = true;
    held = !over_budget;
    slot().insist();
    killed_at.clear();
    // The first that has a line: a primitive of ours has none.
    lua_Debug where{};
    for (int level = 0; killed_at.empty() && lua_getstack(L, level, &where); ++level) {
      if (lua_getinfo(L, "Sl", &where) && where.currentline > 0) {
        killed_at = std::string(where.short_src) + ":" + std::to_string(where.currentline);
      }
    }
  }
  luaL_error(L, held ? "time budget of a callback exceeded" : "time budget exceeded");
  std::abort();  // it has raised
}

constexpr int step_kib = 8;  // of a collection, for each request while one is on: 64 held the others up for a millisecond

static int panic(lua_State* L) {
  const char* message = lua_tostring(L, -1);
  base::log::error("script", "a Lua error outside every guard",
                   {{"error", message ? message : "not a text"}});
  std::abort();
}

Runtime::Runtime(std::size_t memory_limit, Watchdog* watchdog, const std::string& name)
    : limit_(memory_limit), hasten_at_(memory_limit / 2) {
  state_ = lua_newstate(&Runtime::allocate, this);
  CHECK(state_ != nullptr);
  lua_atpanic(state_, panic);
  // Compiled code never looks at hooks: nothing could stop it.
  luaJIT_setmode(state_, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  slot_ = std::make_unique<Watchdog::Slot>(watchdog, state_, interrupt, name);
}

Runtime::~Runtime() {
  slot_.reset();
  lua_close(state_);
}

// LuaJIT waits for as much garbage as its pause says, whatever the cap, and gives up at the cap
// without a look at the garbage. Only fields of the collector are set here, which an allocator may.
void Runtime::hasten() noexcept {
  hasten_at_ = limit_;
  if (!state_) return;
  lua_gc(state_, LUA_GCSETPAUSE, hasty_pause);
  lua_gc(state_, LUA_GCSETSTEPMUL, hasty_pace);
  lua_gc(state_, LUA_GCRESTART, 0);  // due now, where it was to wait
}

void Runtime::take_outside(lua_State* L, std::size_t bytes) {
  if (bytes > room()) lua_gc(L, LUA_GCCOLLECT, 0);
  if (bytes > room()) {
    lua_newuserdata(L, bytes);  // the allocator says no
    luaL_error(L, "not enough memory");
  }
  used_ += bytes;
  if (used_ > hasten_at_) hasten();
}

bool Runtime::may_slice(lua_State* L) const noexcept {
  return strand && strand->routine.thread == L && lua_isyieldable(L);
}

Coroutine Runtime::acquire_from(lua_State* L) {
  Coroutine coroutine;
  if (!pool_.empty()) {
    coroutine = pool_.back();
    pool_.pop_back();
    return coroutine;
  }
  coroutine.thread = lua_newthread(L);
  coroutine.reference = luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pushboolean(L, 0);
  coroutine.request = luaL_ref(L, LUA_REGISTRYINDEX);
  return coroutine;
}

base::Result<Coroutine> Runtime::acquire() {
  Coroutine coroutine;
  if (!pool_.empty()) return acquire_from(state_);
  TRY_VOID(guarded(state_, [&](lua_State* L) { coroutine = acquire_from(L); }));
  return coroutine;
}

void Runtime::release(Coroutine coroutine, bool clean) noexcept {
  if (!coroutine.thread) {
    luaL_unref(state_, LUA_REGISTRYINDEX, coroutine.request);
    return;
  }
  if (clean && pool_.size() < pooled_coroutines) {
    lua_settop(coroutine.thread, 0);
    lua_pushboolean(state_, 0);
    lua_rawseti(state_, LUA_REGISTRYINDEX, coroutine.request);
    pool_.push_back(coroutine);
    return;
  }
  luaL_unref(state_, LUA_REGISTRYINDEX, coroutine.reference);
  luaL_unref(state_, LUA_REGISTRYINDEX, coroutine.request);
}

void Runtime::collect() noexcept {
  // At the cap even the guard has no memory: the host's own reserve, for this call only.
  limit_ += reserve;
  if (auto done = guarded(state_, [](lua_State* L) { lua_gc(L, LUA_GCCOLLECT, 0); }); !done) {
    base::log::error("script", done.error().message);
  }
  limit_ -= reserve;
  after_collection_ = used_;
  // A cycle costs what is alive, not what is garbage: wait for as much garbage as the cap
  // leaves room for, and begin before relieve() would.
  std::size_t pause = limit_ / 8 * 3 * 100 / (used_ + 1);
  lua_gc(state_, LUA_GCSETPAUSE, static_cast<int>(std::clamp<std::size_t>(pause, hasty_pause, 400)));
  lua_gc(state_, LUA_GCSETSTEPMUL, usual_pace);
  hasten_at_ = std::min(limit_, std::max(limit_ / 2, used_ + limit_ / 8));
}

void Runtime::relieve() noexcept {
  // LuaJIT does not collect when an allocation fails, so the next request would pay for
  // the garbage of this one. Not when most of it is alive: that would repeat for nothing.
  bool much = used_ > limit_ / 2 || hasten_at_ >= limit_;
  if (much && used_ > after_collection_ + limit_ / 8) {
    stepping_ = false;
    return collect();
  }
  // LuaJIT does not know of rows and texts outside its heap. A collection of theirs is spread over
  // requests too: done at once, everybody on the lane waits for it.
  if (!stepping_ && used_ <= after_collection_ + limit_ / 4) return;
  bool finished = false;
  auto done = guarded(state_, [&](lua_State* L) { finished = lua_gc(L, LUA_GCSTEP, step_kib) == 1; });
  stepping_ = done && !finished;
  if (!stepping_) after_collection_ = used_;
}

base::Error lua_failure(lua_State* L, int status) {
  std::string message;
  // Nothing here may allocate in Lua: no guard is around it.
  if (lua_type(L, -1) == LUA_TSTRING) {
    std::size_t length = 0;
    const char* text = lua_tolstring(L, -1, &length);
    message.assign(text, length);
  } else if (lua_type(L, -1) == LUA_TNUMBER) {
    message = std::to_string(lua_tonumber(L, -1));
  } else {
    message = std::string("a raised ") + luaL_typename(L, -1);
  }
  lua_pop(L, 1);
  if (status == LUA_ERRMEM) return base::unavailable(std::move(message));
  return base::internal(std::move(message));
}

}  // namespace host::script
