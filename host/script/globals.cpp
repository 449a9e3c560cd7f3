// The globals that are the host's own: route, surface, job, require, routes, host, xpcall.
#include <lua.hpp>

#include <string>
#include <string_view>

#include "script/loader.h"
#include "script/modules.h"
#include "script/push.h"
#include "script/sandbox.h"
#include "script/views.h"

namespace host::script {

static Loader& loader(lua_State* L, const char* what) {
  Runtime* runtime = find_runtime(L);
  if (!runtime || !runtime->loader) luaL_error(L, "%s can only be called while scripts load", what);
  return *runtime->loader;
}

static int declare_route(lua_State* L) { return loader(L, "route").route(L); }
static int declare_surface(lua_State* L) { return loader(L, "surface").surface(L); }
static int declare_job(lua_State* L) { return loader(L, "job").job(L); }

static int require_module(lua_State* L) {
  const char* name = luaL_checkstring(L, 1);
  push_module(L, name);
  if (!lua_isnil(L, -1)) return 1;
  lua_pop(L, 1);
  return loader(L, "require").require(L, name);
}

static int list_routes(lua_State* L) {
  std::string surface = luaL_optstring(L, 1, "");
  lua_createtable(L, 32, 0);
  push_route_list(L);
  int count = static_cast<int>(lua_objlen(L, -1)), kept = 0;
  for (int i = 1; i <= count; ++i) {
    lua_rawgeti(L, -1, i);
    if (surface.empty() || text_field(L, lua_gettop(L), "surface") == surface) {
      lua_rawseti(L, -3, ++kept);
    } else {
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  return 1;
}

static Generation::State& generation(lua_State* L) {
  return *static_cast<Generation::State*>(lua_touserdata(L, lua_upvalueindex(1)));
}

static int list_surfaces(lua_State* L) {
  lua_createtable(L, 8, 0);
  int count = 0;
  for (const auto& surface : generation(L).surfaces) {
    lua_rawgeti(L, LUA_REGISTRYINDEX, surface->table);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

// What scripts of one's own get of routes.list and routes.surfaces: theirs, and copies of the others.
static int list_closed(lua_State* L) {
  int list = lua_gettop(L);
  for (int i = 1, count = static_cast<int>(lua_objlen(L, list)); i <= count; ++i) {
    lua_rawgeti(L, list, i);
    push_closed(L);
    lua_rawseti(L, list, i);
  }
  return 1;
}

static int list_closed_routes(lua_State* L) {
  list_routes(L);
  return list_closed(L);
}

static int list_closed_surfaces(lua_State* L) {
  list_surfaces(L);
  return list_closed(L);
}

static int host_info(lua_State* L) {
  const Generation::State& state = generation(L);
  lua_createtable(L, 0, 4);
  set_field(L, "version", std::string_view(state.setup.about.version));
  set_field(L, "generation", static_cast<double>(state.number));
  set_field(L, "started", state.setup.about.started);
  lua_createtable(L, 1, 0);
  int count = 0;
  for (const std::string& address : state.setup.about.listen) {
    push_string(L, address);
    lua_rawseti(L, -2, ++count);
  }
  lua_setfield(L, -2, "listen");
  return 1;
}

// A stock xpcall runs its handler where no hook reaches. This one runs it after the
// unwinding, as plain Lua.
static constexpr std::string_view prelude = R"lua(
local build, build_failure, finish, pcall = ...
local function handle(surface_handle)
  local req = build()
  local response = surface_handle(req)
  return finish(response)
end
local function failed(surface_failed)
  return finish(surface_failed(build_failure()))
end
local function caught(handler, ok, ...)
  if ok then return true, ... end
  local _, message = pcall(handler, (...))
  return false, message
end
local function xpcall(body, handler, ...)
  return caught(handler, pcall(body, ...))
end
return handle, failed, xpcall
)lua";

static void open_prelude(lua_State* L, Runtime& runtime) {
  if (luaL_loadbufferx(L, prelude.data(), prelude.size(), "=host", "t") != 0) lua_error(L);
  luaJIT_setmode(L, -1, LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_OFF);
  push_environment(L);
  lua_getfield(L, -1, "pcall");
  lua_remove(L, -2);
  int pcall = lua_gettop(L);
  open_request(L);
  open_reply(L);
  lua_pushvalue(L, pcall);
  lua_remove(L, pcall);
  lua_call(L, 4, 3);
  set_global(L, "xpcall");
  runtime.entries.failed = luaL_ref(L, LUA_REGISTRYINDEX);
  runtime.entries.handle = luaL_ref(L, LUA_REGISTRYINDEX);
}

void open_globals(lua_State* L, Generation::State& state) {
  open_prelude(L, *state.runtime);
  static constexpr luaL_Reg functions[] = {{"route", declare_route},
                                           {"surface", declare_surface},
                                           {"job", declare_job},
                                           {"require", require_module},
                                           {nullptr, nullptr}};
  for (const luaL_Reg* it = functions; it->name; ++it) {
    lua_pushcfunction(L, it->func);
    set_global(L, it->name);
  }
  for (bool own : {false, true}) {
    lua_createtable(L, 0, 2);
    lua_pushcfunction(L, own ? list_closed_routes : list_routes);
    lua_setfield(L, -2, "list");
    lua_pushlightuserdata(L, &state);
    lua_pushcclosure(L, own ? list_closed_surfaces : list_surfaces, 1);
    lua_setfield(L, -2, "surfaces");
    make_read_only(L);
    set_global(L, "routes", own);
  }
  lua_createtable(L, 0, 1);
  lua_pushlightuserdata(L, &state);
  lua_pushcclosure(L, host_info, 1);
  lua_setfield(L, -2, "info");
  make_read_only(L);
  set_global(L, "host");
}

}  // namespace host::script
