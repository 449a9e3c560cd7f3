#include "script/views.h"

#include <string_view>

#include "script/push.h"
#include "script/sandbox.h"

namespace host::script {

static const char closed_key = 0;   // registry: module -> true
static const char open_key = 0;     // registry: table of a script of one's own -> true
static const char keeps_key = 0;    // registry: function whose results the stock keeps -> true
// registry, weak: module -> its view, table inside one -> its copy, such a function -> what calls it
static const char seen_key = 0;
static const char wrapper_key = 0;  // registry: {what makes such a caller}

// Pushes what `key` keeps for the value at `index`, or nil.
static void push_kept_of(lua_State* L, const char& key, int index) {
  push_kept_table(L, key);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  lua_remove(L, -2);
}

// Keeps the value on top for the one at `index`. It stays on top.
static void keep(lua_State* L, const char& key, int index) {
  push_kept_table(L, key);
  lua_pushvalue(L, index);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
}

// True when `key` keeps something for the value at `index`.
static bool is_kept(lua_State* L, const char& key, int index) {
  push_kept_of(L, key, index);
  bool kept = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return kept;
}

// What has been seen of values that are gone goes with them.
static void keep_seen(lua_State* L, int index) {
  int top = lua_gettop(L);
  push_kept_table(L, seen_key);
  if (!lua_getmetatable(L, -1)) {
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
  }
  lua_settop(L, top);
  keep(L, seen_key, index);
}

static void close_value(lua_State* L);

// True for the marks of json: nothing is in them, and nobody gets them.
static bool is_mark(lua_State* L, int index) {
  lua_pushliteral(L, "__metatable");
  lua_rawget(L, index);
  bool hidden = !lua_isnil(L, -1);
  lua_pop(L, 1);
  int count = 0;
  lua_pushnil(L);
  while (lua_next(L, index)) {
    lua_pop(L, 1);
    if (++count > 1) {
      lua_pop(L, 1);
      return false;
    }
  }
  return hidden;
}

// Replaces the table on top, which is no module, by a copy of it and of all tables in it.
static void copy_table(lua_State* L) {
  luaL_checkstack(L, 16, "a table inside a module");
  int from = lua_gettop(L);
  lua_createtable(L, static_cast<int>(lua_objlen(L, from)), 0);
  keep_seen(L, from);  // before it is filled: tables go in circles
  int to = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, from)) {
    close_value(L);
    lua_pushvalue(L, -2);
    lua_insert(L, -2);
    lua_rawset(L, to);
  }
  if (lua_getmetatable(L, from)) {
    if (!is_mark(L, lua_gettop(L))) close_value(L);  // it leads back to the stock as well
    lua_setmetatable(L, to);
  }
  lua_replace(L, from);
}

static int close_results(lua_State* L) {
  for (int i = 1, count = lua_gettop(L); i <= count; ++i) {
    lua_pushvalue(L, i);
    close_value(L);
    lua_replace(L, i);
  }
  return lua_gettop(L);
}

// In Lua, because what it calls may wait.
static constexpr std::string_view wrapper = "local f, close = ... return function(...) return close(f(...)) end";

// Replaces the function on top, when the stock keeps what it returns, by one that returns copies.
static void close_function(lua_State* L) {
  int function = lua_gettop(L);
  if (!is_kept(L, keeps_key, function)) return;
  push_kept_of(L, seen_key, function);
  if (lua_isfunction(L, -1)) return lua_replace(L, function);
  lua_pop(L, 1);
  push_kept_table(L, wrapper_key);
  lua_rawgeti(L, -1, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    if (luaL_loadbufferx(L, wrapper.data(), wrapper.size(), "=host", "t") != 0) lua_error(L);
    luaJIT_setmode(L, -1, LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_OFF);
    lua_pushvalue(L, -1);
    lua_rawseti(L, -3, 1);
  }
  lua_remove(L, -2);
  lua_pushvalue(L, function);
  lua_pushcfunction(L, close_results);
  lua_call(L, 2, 1);
  keep_seen(L, function);
  lua_replace(L, function);
}

// Replaces the value on top by what a script of one's own may have of it.
static void close_value(lua_State* L) {
  int value = lua_gettop(L);
  luaL_checkstack(L, 16, "a value of a module");
  if (lua_isfunction(L, value)) return close_function(L);
  if (!lua_istable(L, value) || is_read_only(L, value) || is_kept(L, open_key, value)) return;
  push_kept_of(L, seen_key, value);
  if (lua_istable(L, -1)) return lua_replace(L, value);
  lua_pop(L, 1);
  is_kept(L, closed_key, value) ? push_view(L) : copy_table(L);
}

void push_closed(lua_State* L) { close_value(L); }

// Upvalue 1 is the module.
static int read_field(lua_State* L) {
  lua_settop(L, 2);
  lua_gettable(L, lua_upvalueindex(1));
  close_value(L);
  return 1;
}

static int call_module(lua_State* L) {
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_replace(L, 1);  // the view
  lua_pushvalue(L, lua_upvalueindex(2));
  lua_insert(L, 1);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  return lua_gettop(L);
}

void close_module(lua_State* L) {
  if (!lua_istable(L, -1)) return;
  int module = lua_gettop(L);
  lua_pushboolean(L, 1);
  keep(L, closed_key, module);
  lua_pop(L, 1);
  lua_pushliteral(L, "keeps");
  lua_rawget(L, module);
  int names = lua_gettop(L);
  for (int i = 1; lua_istable(L, names); ++i) {
    lua_rawgeti(L, names, i);
    if (lua_isnil(L, -1)) break;
    lua_rawget(L, module);
    if (!lua_isfunction(L, -1)) {
      lua_rawgeti(L, names, i);
      luaL_error(L, "keeps: there is no function '%s'", lua_tostring(L, -1));
    }
    lua_pushboolean(L, 1);
    keep(L, keeps_key, names + 1);
    lua_settop(L, names);
  }
  lua_settop(L, module);
}

void leave_open(lua_State* L) {
  if (!lua_istable(L, -1)) return;
  int table = lua_gettop(L);
  lua_pushboolean(L, 1);
  keep(L, open_key, table);
  lua_pop(L, 1);
}

void push_view(lua_State* L) {
  int module = lua_gettop(L);
  if (!is_kept(L, closed_key, module)) return;
  push_kept_of(L, seen_key, module);
  if (lua_istable(L, -1)) return lua_replace(L, module);
  lua_pop(L, 1);
  lua_pushvalue(L, module);
  make_read_only(L);
  lua_getmetatable(L, -1);
  lua_pushvalue(L, module);
  lua_pushcclosure(L, read_field, 1);
  lua_setfield(L, -2, "__index");
  if (luaL_getmetafield(L, module, "__call")) {
    lua_pushvalue(L, module);
    lua_insert(L, -2);
    lua_pushcclosure(L, call_module, 2);
    lua_setfield(L, -2, "__call");
  }
  lua_pop(L, 1);
  keep_seen(L, module);
  lua_replace(L, module);
}

}  // namespace host::script
