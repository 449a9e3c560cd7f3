// JSON of Lua values for other bindings, and how their userdata take part in it.
#pragma once

#include <lua.hpp>

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"

namespace host::bind {

// Writes the userdata at `index` as one JSON value. It may raise. `indent` may be ignored.
using Encoder = void (*)(lua_State* L, int index, std::string& out,
                         const codec::json::Format& format);

// Puts `encoder` into the metatable on top of the stack (field `__json`); json.encode and
// encode_value call it for every userdata with that metatable.
void set_encoder(lua_State* L, Encoder encoder);

// Calls the encoder of the userdata at `index`; false when it has none.
bool encode_userdata(lua_State* L, int index, std::string& out,
                     const codec::json::Format& format);

// Appends the value at `index`; raises as json.encode does.
void encode_value(lua_State* L, int index, std::string& out, const codec::json::Format& format);

// Pushes the value of a JSON text; pushes nothing when it fails.
base::Result<void> push_json(lua_State* L, std::string_view text);

// Pushes json.null.
void push_null(lua_State* L);

}  // namespace host::bind
