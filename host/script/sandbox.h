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

// The same for scripts of one's own, who have some names of another value.
void push_own_environment(lua_State* L);

// Pops a value and makes it a global of scripts; with `own` of those of one's own alone.
void set_global(lua_State* L, const char* name, bool own = false);

// Replaces the table on top by a read-only view of it.
void make_read_only(lua_State* L);

// True when the value at `index` is such a view.
bool is_read_only(lua_State* L, int index);

}  // namespace host::script
