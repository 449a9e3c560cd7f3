// The declarations a script makes while it loads: route{...}, surface{...}, job{...}.
// Checked at once; what is wrong raises "file:line: message".
#pragma once

#include <lua.hpp>

#include <string>
#include <vector>

#include "script/generation.h"
#include "script/surface.h"

namespace host::script {

// One route{...} of the file that loads.
struct DeclaredRoute {
  int table = LUA_NOREF;
  int line = 0;
};

struct DeclaredVerb {
  std::string method, path;
};

// Raises with the line of `file` that is running now, or the innermost Lua line.
int raise_at(lua_State* L, const std::string& file, const std::string& message);

// Each checks the declaration at stack index 1 and raises when it is wrong.
// `words` are the fields of which a route of its surface needs at least one.
void check_route(lua_State* L, const std::string& file, const std::vector<std::string>& words);
void check_surface(lua_State* L, const std::string& file);
JobInfo check_job(lua_State* L, const std::string& file);

// The verbs of the action table on top of the stack.
std::vector<DeclaredVerb> read_verbs(lua_State* L);

// Text field of the table at `index`, or "".
std::string text_field(lua_State* L, int index, const char* name);
std::vector<std::string> list_field(lua_State* L, int index, const char* name);

}  // namespace host::script
