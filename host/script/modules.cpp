#include "script/modules.h"

#include "script/sandbox.h"

namespace host::script {

static const char modules_key = 0;

static void push_modules(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&modules_key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 16);
  lua_pushlightuserdata(L, const_cast<char*>(&modules_key));
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void add_module(lua_State* L, const char* name) {
  make_read_only(L);
  push_modules(L);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

void push_module(lua_State* L, const char* name) {
  push_modules(L);
  lua_getfield(L, -1, name);
  lua_replace(L, -2);
}

void push_module_fields(lua_State* L, const char* name) {
  push_module(L, name);
  if (!lua_getmetatable(L, -1)) luaL_error(L, "no module '%s'", name);
  lua_getfield(L, -1, "__index");
  lua_replace(L, -3);
  lua_pop(L, 1);
}

std::vector<std::string> module_names(lua_State* L) {
  std::vector<std::string> names;
  push_modules(L);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    names.emplace_back(lua_tostring(L, -2));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return names;
}

}  // namespace host::script
