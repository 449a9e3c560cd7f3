// Body: a response body made by a primitive (a file, a stream of rows) and handed
// through Lua untouched. In Lua it is an opaque value that can be returned once; one that many
// answers share (module `shared`) as often as one likes.
#pragma once

#include <lua.hpp>

#include <optional>

#include "http/response.h"

namespace host::script {

int push_body(lua_State* L, http::Body body);

// Takes the body out of the value at `index`; nullopt when it is none or was taken.
std::optional<http::Body> take_body(lua_State* L, int index);

// For a body that nobody will send: closes its file.
void discard_body(http::Body body) noexcept;

}  // namespace host::script
