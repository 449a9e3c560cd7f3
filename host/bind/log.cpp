// Module `log`.
#include "base/log.h"

#include <lua.hpp>

#include <vector>

#include "bind/bind.h"
#include "script/args.h"
#include "script/report.h"
#include "script/task.h"

namespace host::bind {

using base::log::Level;

static constexpr std::size_t most_fields = 32;
static constexpr std::size_t most_bytes = 4096;  // of one value

// Text of the value on top of the stack, without calling a script's __tostring.
static std::string shown(lua_State* L) {
  switch (lua_type(L, -1)) {
    case LUA_TBOOLEAN: return lua_toboolean(L, -1) ? "true" : "false";
    case LUA_TSTRING:
    case LUA_TNUMBER: {
      std::size_t length = 0;
      const char* text = lua_tolstring(L, -1, &length);
      return std::string(text, std::min(length, most_bytes));
    }
    default: return luaL_typename(L, -1);
  }
}

static int write(lua_State* L, Level level) {
  std::string_view message = script::args::string(L, 1);
  if (!base::log::enabled(level)) return 0;
  std::vector<std::string> names;
  std::vector<base::log::Field> fields;
  names.reserve(most_fields);
  if (!lua_isnoneornil(L, 2)) {
    script::args::table(L, 2);
    lua_pushnil(L);
    while (lua_next(L, 2) && names.size() < most_fields) {
      // A number as a key must not be turned into text while lua_next walks.
      lua_pushvalue(L, -2);
      names.push_back(shown(L));
      lua_pop(L, 1);
      fields.emplace_back(names.back(), shown(L));
      lua_pop(L, 1);
    }
  }
  script::Task* task = script::Task::current(L);
  if (task) {
    fields.emplace_back("handler", script::label(*task));
    fields.emplace_back("at", script::place(L));
    if (!task->request_id().empty()) fields.emplace_back("id", task->request_id());
  }
  base::log::write_all(level, "handler", message.substr(0, most_bytes), fields.data(), fields.size());
  return 0;
}

static int log_debug(lua_State* L) { return write(L, Level::debug); }
static int log_info(lua_State* L) { return write(L, Level::info); }
static int log_warn(lua_State* L) { return write(L, Level::warn); }
static int log_error(lua_State* L) { return write(L, Level::error); }

void open_log(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"debug", log_debug},
                                           {"info", log_info},
                                           {"warn", log_warn},
                                           {"error", log_error},
                                           {nullptr, nullptr}};
  open_module(L, "log", functions);
}

}  // namespace host::bind
