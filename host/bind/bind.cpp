#include "bind/bind.h"

#include "script/modules.h"

namespace host::bind {

static const char services_key = 0;

Services& services(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&services_key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto* found = static_cast<Services*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  if (!found) luaL_error(L, "this state has no services");
  return *found;
}

void set_services(lua_State* L, Services* services) {
  lua_pushlightuserdata(L, const_cast<char*>(&services_key));
  lua_pushlightuserdata(L, services);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void open_module(lua_State* L, const char* name, const luaL_Reg* functions) {
  lua_createtable(L, 0, 16);
  for (const luaL_Reg* it = functions; it->name; ++it) {
    lua_pushcfunction(L, it->func);
    lua_setfield(L, -2, it->name);
  }
  script::add_module(L, name);
  // A state with the stock libraries (a test's own) finds it with the stock require.
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  if (lua_istable(L, -1)) {
    script::push_module(L, name);
    lua_setfield(L, -2, name);
  }
  lua_pop(L, 1);
}

void open_constant(lua_State* L, const char* module, const char* name) {
  script::push_module_fields(L, module);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

}  // namespace host::bind
