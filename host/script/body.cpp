#include "script/body.h"

#include <unistd.h>

#include <new>

namespace host::script {

// Its address is the registry key of the metatable: no script can name or forge it.
static const char body_key = 0;

using Slot = std::optional<http::Body>;

void discard_body(http::Body body) noexcept {
  if (auto* file = std::get_if<http::FileBody>(&body); file && file->descriptor >= 0) {
    ::close(file->descriptor);
  }
}

static int collect_body(lua_State* L) {
  auto* slot = static_cast<Slot*>(lua_touserdata(L, 1));
  if (*slot) discard_body(std::move(**slot));
  slot->~Slot();
  return 0;
}

static void push_metatable(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&body_key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  if (!lua_isnil(L, -1)) return;
  lua_pop(L, 1);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, collect_body);
  lua_setfield(L, -2, "__gc");
  lua_pushliteral(L, "body");
  lua_setfield(L, -2, "__metatable");
  lua_pushlightuserdata(L, const_cast<char*>(&body_key));
  lua_pushvalue(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

int push_body(lua_State* L, http::Body body) {
  push_metatable(L);
  void* memory = lua_newuserdata(L, sizeof(Slot));
  new (memory) Slot(std::move(body));
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  return 1;
}

std::optional<http::Body> take_body(lua_State* L, int index) {
  void* memory = lua_touserdata(L, index);
  if (!memory || !lua_getmetatable(L, index)) return std::nullopt;
  push_metatable(L);
  bool ours = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  if (!ours) return std::nullopt;
  auto& slot = *static_cast<Slot*>(memory);
  // What many answers send stays for the next.
  if (slot) {
    if (auto* shared = std::get_if<http::SharedText>(&*slot)) return Slot(http::Body(*shared));
  }
  Slot taken = std::move(slot);
  slot.reset();
  return taken;
}

}  // namespace host::script
