// JSON text as a Lua value, for the host's own use (job events, settings). Scripts use
// the module json.
#pragma once

#include <lua.hpp>

#include <string_view>

#include "base/result.h"

namespace host::script {

// Pushes one value, or nothing with an error. null in a table is left out.
base::Result<void> push_json(lua_State* L, std::string_view text);

}  // namespace host::script
