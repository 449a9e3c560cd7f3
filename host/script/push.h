// Values from C++ to the Lua stack. Every function pushes exactly what it returns.
#pragma once

#include <lua.hpp>

#include <string_view>

#include "base/result.h"

namespace host::script {

inline int push_string(lua_State* L, std::string_view text) {
  lua_pushlstring(L, text.data(), text.size());
  return 1;
}

// nil, {code=, message=}, of the store with kind and column
int push_error(lua_State* L, const base::Error& error);

// The value through `push(L, value)` (one result), or nil and the error.
template <typename T, typename PushValue>
int push_result(lua_State* L, const base::Result<T>& result, PushValue push) {
  if (!result) return push_error(L, result.error());
  return push(L, result.value());
}

// true, or nil and the error.
int push_outcome(lua_State* L, const base::Result<void>& result);

// The table that the registry keeps under the address of `key`; made when it is asked for first.
void push_kept_table(lua_State* L, const char& key);

void set_field(lua_State* L, const char* name, std::string_view value);
void set_field(lua_State* L, const char* name, const char* value);
void set_field(lua_State* L, const char* name, long long value);
void set_field(lua_State* L, const char* name, double value);
void set_field(lua_State* L, const char* name, bool value);

}  // namespace host::script
