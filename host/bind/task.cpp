// Module `task`.
#include "script/task.h"

#include <lua.hpp>

#include "bind/bind.h"
#include "loop/timer.h"
#include "script/args.h"

namespace host::bind {

using script::Task;
namespace args = script::args;

static int task_sleep(lua_State* L) {
  Task& task = Task::require(L, "task.sleep");
  double seconds = args::number(L, 1);
  if (!(seconds >= 0 && seconds <= 3600)) luaL_argerror(L, 1, "0 to 3600 seconds");
  return task.suspend(loop::after(
      *services(L).loop, static_cast<std::uint64_t>(seconds * 1000),
      [resume = task.resumer()]() noexcept { resume([](lua_State*) { return 0; }); }));
}

static int task_all(lua_State* L) { return Task::require(L, "task.all").all(L); }

static int task_remaining(lua_State* L) {
  lua_pushnumber(L, static_cast<double>(Task::require(L, "task.remaining").remaining_ms()) / 1000);
  return 1;
}

static int task_scope(lua_State* L) {
  script::Scope& scope = Task::require(L, "task.scope").scope();
  std::string_view tenant = args::string(L, 1);
  if (tenant.empty()) luaL_argerror(L, 1, "empty");
  // Once known it may become narrower, never wider: a handler cannot undo its key's check.
  bool wider = scope.known && !scope.everything && (tenant == "*" || tenant != scope.tenant);
  if (wider) return luaL_error(L, "task.scope: the scope is '%s' already", scope.tenant.c_str());
  scope.known = true;
  scope.everything = tenant == "*";
  scope.tenant = scope.everything ? "" : std::string(tenant);
  if (!lua_isnoneornil(L, 2)) scope.key = args::string(L, 2);
  return 0;
}

static int task_commit(lua_State* L) {
  Task::require(L, "task.commit").commit();
  return 0;
}

void open_task(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"sleep", task_sleep},         {"all", task_all},
                                           {"remaining", task_remaining}, {"scope", task_scope},
                                           {"commit", task_commit},       {nullptr, nullptr}};
  open_module(L, "task", functions);
}

}  // namespace host::bind
