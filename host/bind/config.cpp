// Module `config`: the operator's free settings, decoded once per generation.
#include <lua.hpp>

#include "base/log.h"
#include "bind/bind.h"
#include "script/args.h"
#include "script/json_value.h"

namespace host::bind {

// A script gets its own copy of a table: the settings are shared by all of them.
static void push_copy(lua_State* L, int depth) {
  if (!lua_istable(L, -1) || depth > 32) return;
  luaL_checkstack(L, 6, "settings");
  lua_createtable(L, 0, 0);
  lua_pushnil(L);
  while (lua_next(L, -3)) {
    push_copy(L, depth + 1);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, -4);
  }
  lua_replace(L, -2);
}

// Upvalue: the settings.
static int config_get(lua_State* L) {
  std::string_view path = script::args::string(L, 1);
  lua_settop(L, 2);
  lua_pushvalue(L, lua_upvalueindex(1));
  while (lua_istable(L, -1) && !path.empty()) {
    std::size_t dot = path.find('.');
    std::string_view name = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    lua_pushlstring(L, name.data(), name.size());
    lua_rawget(L, -2);
    lua_replace(L, -2);
  }
  if (lua_isnil(L, -1) || !path.empty()) {
    lua_settop(L, 2);
    return 1;
  }
  push_copy(L, 0);
  return 1;
}

void open_config(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{nullptr, nullptr}};
  open_module(L, "config", functions);
  const std::string& settings = services(L).settings_json;
  auto decoded = settings.empty() ? base::Result<void>(base::not_found("")) : script::push_json(L, settings);
  if (!decoded) {
    if (!settings.empty()) base::log::error("config", "settings: " + decoded.error().message);
    lua_createtable(L, 0, 0);
  }
  lua_pushcclosure(L, config_get, 1);
  open_constant(L, "config", "get");
}

}  // namespace host::bind
