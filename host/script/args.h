// Typed arguments of a Lua function, or a Lua error that names the argument.
#pragma once

#include <lua.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "base/function.h"

namespace host::script::args {

// Views are valid while the value is on the stack. Numbers are accepted as strings.
std::string_view string(lua_State* L, int index);
std::string_view string(lua_State* L, int index, std::string_view fallback);  // nil or none
double number(lua_State* L, int index);
double number(lua_State* L, int index, double fallback);
long long integer(lua_State* L, int index);
long long integer(lua_State* L, int index, long long fallback);
bool boolean(lua_State* L, int index, bool fallback);
void table(lua_State* L, int index);  // raises unless it is one

// Fields of an options table at `index` (which may be nil or none).
std::optional<std::string> field_string(lua_State* L, int index, const char* name);
std::optional<double> field_number(lua_State* L, int index, const char* name);
bool field_boolean(lua_State* L, int index, const char* name, bool fallback);

// Each pair of a table of strings (numbers and booleans become text). A value that is
// a list gives one call per item. Raises on any other type.
void each_pair(lua_State* L, int index,
               base::Function<void(std::string_view, std::string_view)> visit);

}  // namespace host::script::args
