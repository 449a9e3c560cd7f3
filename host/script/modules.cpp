#include "script/modules.h"

#include "script/push.h"
#include "script/sandbox.h"

namespace host::script {

static const char modules_key = 0;  // registry: modules by name

void add_module(lua_State* L, const char* name) {
  make_read_only(L);
  push_kept_table(L, modules_key);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

void push_module(lua_State* L, const char* name) {
  push_kept_table(L, modules_key);
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
  push_kept_table(L, modules_key);
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    names.emplace_back(lua_tostring(L, -2));
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return names;
}

}  // namespace host::script
