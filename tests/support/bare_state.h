// A Lua state with some modules and nothing around it: for functions that need no task.
#pragma once

#include <lua.hpp>

#include <string>
#include <string_view>

#include "bind/bind.h"

namespace tests {

class BareState {
 public:
  template <typename... Open>
  explicit BareState(Open... open) : L_(luaL_newstate()) {
    luaL_openlibs(L_);
    host::bind::set_services(L_, &services_);
    (open(L_), ...);
  }
  ~BareState() { lua_close(L_); }
  BareState(const BareState&) = delete;
  BareState& operator=(const BareState&) = delete;

  // Runs `code`. Gives its first result as text; for `nil, err` "nil CODE: message"; for
  // a raised error "raised: message" without the position.
  std::string run(std::string_view code) {
    lua_settop(L_, 0);
    std::string chunk(code);
    if (luaL_loadbuffer(L_, chunk.data(), chunk.size(), "=test") != 0) return "syntax: " + text(-1);
    if (lua_pcall(L_, 0, LUA_MULTRET, 0) != 0) {
      std::string message = text(-1);
      size_t at = message.find("test:");
      if (at == 0) message.erase(0, message.find(": ") + 2);
      return "raised: " + message;
    }
    if (lua_gettop(L_) == 0) return "";
    if (lua_isnil(L_, 1) && lua_gettop(L_) > 1 && lua_istable(L_, 2)) {
      lua_getfield(L_, 2, "code");
      lua_getfield(L_, 2, "message");
      return "nil " + text(-2) + ": " + text(-1);
    }
    return text(1);
  }

  lua_State* raw() { return L_; }
  host::bind::Services& services() { return services_; }

 private:
  std::string text(int index) {
    lua_getglobal(L_, "tostring");
    lua_pushvalue(L_, index < 0 ? index - 1 : index);
    lua_call(L_, 1, 1);
    size_t size = 0;
    const char* bytes = lua_tolstring(L_, -1, &size);
    std::string out(bytes ? bytes : "", size);
    lua_pop(L_, 1);
    return out;
  }

  host::bind::Services services_;
  lua_State* L_;
};

}  // namespace tests
