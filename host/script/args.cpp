#include "script/args.h"

#include <cmath>

#include "script/effort.h"

namespace host::script::args {

std::string_view string(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, index, &length);
  return {text, length};
}

std::string_view string(lua_State* L, int index, std::string_view fallback) {
  return lua_isnoneornil(L, index) ? fallback : string(L, index);
}

double number(lua_State* L, int index) {
  double value = luaL_checknumber(L, index);
  if (!std::isfinite(value)) luaL_argerror(L, index, "not a finite number");
  return value;
}

double number(lua_State* L, int index, double fallback) {
  return lua_isnoneornil(L, index) ? fallback : number(L, index);
}

long long integer(lua_State* L, int index) {
  double value = number(L, index);
  // 2^53: above it a double no longer tells neighbours apart.
  if (value != std::floor(value) || std::fabs(value) > 9007199254740992.0) {
    luaL_argerror(L, index, "not an integer");
  }
  return static_cast<long long>(value);
}

long long integer(lua_State* L, int index, long long fallback) {
  return lua_isnoneornil(L, index) ? fallback : integer(L, index);
}

bool boolean(lua_State* L, int index, bool fallback) {
  if (lua_isnoneornil(L, index)) return fallback;
  luaL_checktype(L, index, LUA_TBOOLEAN);
  return lua_toboolean(L, index) != 0;
}

void table(lua_State* L, int index) { luaL_checktype(L, index, LUA_TTABLE); }

// Pushes the field; false (and nothing pushed) when there is no table or no such field.
static bool push_field(lua_State* L, int index, const char* name) {
  if (lua_isnoneornil(L, index)) return false;
  table(L, index);
  lua_pushstring(L, name);
  lua_rawget(L, index < 0 ? index - 1 : index);
  if (!lua_isnil(L, -1)) return true;
  lua_pop(L, 1);
  return false;
}

static void wrong_field(lua_State* L, int index, const char* name, const char* expected) {
  luaL_argerror(L, index,
                lua_pushfstring(L, "field '%s' is a %s, not a %s", name, luaL_typename(L, -1),
                                expected));
}

std::optional<std::string> field_string(lua_State* L, int index, const char* name) {
  if (!push_field(L, index, name)) return std::nullopt;
  if (!lua_isstring(L, -1)) wrong_field(L, index, name, "string");
  std::size_t length = 0;
  const char* text = lua_tolstring(L, -1, &length);
  std::string value(text, length);
  lua_pop(L, 1);
  return value;
}

std::optional<double> field_number(lua_State* L, int index, const char* name) {
  if (!push_field(L, index, name)) return std::nullopt;
  if (!lua_isnumber(L, -1)) wrong_field(L, index, name, "number");
  double value = lua_tonumber(L, -1);
  if (!std::isfinite(value)) wrong_field(L, index, name, "finite number");
  lua_pop(L, 1);
  return value;
}

bool field_boolean(lua_State* L, int index, const char* name, bool fallback) {
  if (!push_field(L, index, name)) return fallback;
  if (!lua_isboolean(L, -1)) wrong_field(L, index, name, "boolean");
  bool value = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  return value;
}

// Text of the scalar on top of the stack; raises for anything else.
static std::string_view scalar(lua_State* L, int index, std::string_view name) {
  if (lua_isboolean(L, -1)) return lua_toboolean(L, -1) ? "true" : "false";
  if (lua_isstring(L, -1)) {
    std::size_t length = 0;
    const char* text = lua_tolstring(L, -1, &length);
    return {text, length};
  }
  luaL_argerror(L, index,
                lua_pushfstring(L, "field '%s' is a %s, not a text", std::string(name).c_str(),
                                luaL_typename(L, -1)));
  return {};
}

void each_pair(lua_State* L, int index,
               base::Function<void(std::string_view, std::string_view)> visit) {
  if (lua_isnoneornil(L, index)) return;
  table(L, index);
  luaL_checkstack(L, 6, "fields");
  // One long text may be in the lists many times, and whoever takes it keeps a copy.
  Effort effort(L);
  std::size_t bytes = 0;
  auto take = [&](std::string_view name, std::string_view value) {
    effort.work(1);
    effort.made(bytes += 64 + name.size() + value.size());
    visit(name, value);
  };
  lua_pushnil(L);
  while (lua_next(L, index)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_argerror(L, index, "a name is not a string");
    std::size_t length = 0;
    const char* text = lua_tolstring(L, -2, &length);
    std::string_view name(text, length);
    if (lua_istable(L, -1)) {
      int count = static_cast<int>(lua_objlen(L, -1));
      for (int item = 1; item <= count; ++item) {
        lua_rawgeti(L, -1, item);
        take(name, scalar(L, index, name));
        lua_pop(L, 1);
      }
    } else {
      take(name, scalar(L, index, name));
    }
    lua_pop(L, 1);
  }
}

}  // namespace host::script::args
