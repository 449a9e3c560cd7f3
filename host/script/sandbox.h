// Sandbox: what a script can name. Everything it shares with other scripts is read-only.
#pragma once

#include <lua.hpp>

namespace host::script {

// Fills the globals of a fresh state and leaves them reachable for the functions below.
// Raises; call it guarded.
void open_sandbox(lua_State* L);

// Pushes the table that scripts have as their environment. Empty itself: reads come from
// the globals behind it, an unknown name raises, and so does every assignment.
void push_environment(lua_State* L);

// Pops a value and makes it a global of scripts.
void set_global(lua_State* L, const char* name);

// Replaces the table on top by a read-only view of it.
void make_read_only(lua_State* L);

}  // namespace host::script
