#include "script/push.h"

namespace host::script {

int push_error(lua_State* L, const base::Error& error) {
  lua_pushnil(L);
  lua_createtable(L, 0, 2);
  set_field(L, "code", base::name(error.code));
  set_field(L, "message", std::string_view(error.message));
  if (!error.kind.empty()) set_field(L, "kind", error.kind);
  if (!error.column.empty()) set_field(L, "column", std::string_view(error.column));
  return 2;
}

int push_outcome(lua_State* L, const base::Result<void>& result) {
  if (!result) return push_error(L, result.error());
  lua_pushboolean(L, 1);
  return 1;
}

void push_kept_table(lua_State* L, const char& key) {
  void* name = const_cast<char*>(&key);
  lua_pushlightuserdata(L, name);
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 0);
  lua_pushlightuserdata(L, name);
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void set_field(lua_State* L, const char* name, std::string_view value) {
  lua_pushlstring(L, value.data(), value.size());
  lua_setfield(L, -2, name);
}

void set_field(lua_State* L, const char* name, const char* value) {
  lua_pushstring(L, value);
  lua_setfield(L, -2, name);
}

void set_field(lua_State* L, const char* name, long long value) {
  lua_pushnumber(L, static_cast<lua_Number>(value));
  lua_setfield(L, -2, name);
}

void set_field(lua_State* L, const char* name, double value) {
  lua_pushnumber(L, value);
  lua_setfield(L, -2, name);
}

void set_field(lua_State* L, const char* name, bool value) {
  lua_pushboolean(L, value ? 1 : 0);
  lua_setfield(L, -2, name);
}

}  // namespace host::script
