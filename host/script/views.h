// Stock modules as scripts of one's own see them: read-only, so that no line of theirs can
// change what every stock route runs on.
#pragma once

#include <lua.hpp>

namespace host::script {

// Marks the value on top, when it is a table, as a stock script's module. It stays on top. The functions it names
// in `keeps` return tables that the stock keeps: whoever has them of a view gets copies.
void close_module(lua_State* L);

// Marks the value on top, when it is a table, as made by a script of one's own: to those it is never closed. It stays on top.
void leave_open(lua_State* L);

// Replaces the table on top by what a script of one's own may have of it: a view of a module, else a copy.
void push_closed(lua_State* L);

// Replaces the value on top by its view when it is a marked module: reads come from the
// module, a call is a call of it, a change raises. A table inside it reads as a copy,
// made at the first look and the same ever after.
void push_view(lua_State* L);

}  // namespace host::script
