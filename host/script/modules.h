// The host's Lua modules of a state, and how `require` finds them.
#pragma once

#include <lua.hpp>

#include <string>
#include <vector>

namespace host::script {

// Pops a table and makes it the module `name`, read-only for scripts.
void add_module(lua_State* L, const char* name);

// Pushes what `require "name"` returns, or nil.
void push_module(lua_State* L, const char* name);

// Pushes the table behind the module, which can be changed.
void push_module_fields(lua_State* L, const char* name);

std::vector<std::string> module_names(lua_State* L);

}  // namespace host::script
