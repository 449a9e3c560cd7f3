// What a surface returned, as an http::Response; and the answers made without Lua.
#include <lua.hpp>

#include <string_view>

#include "base/text.h"
#include "script/body.h"
#include "script/task_state.h"

namespace host::script {

enum Key { status = 1, type, headers, body, label, note, compress };

// One long text may stand in a list of headers many times.
static constexpr std::size_t most_header_bytes = 64 * 1024;

static constexpr std::string_view token_symbols = "!#$%&'*+-.^_`|~";

static bool is_token(std::string_view name) {
  if (name.empty()) return false;
  for (char c : name) {
    bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!word && token_symbols.find(c) == std::string_view::npos) return false;
  }
  return true;
}

static void get(lua_State* L, Key key) {
  lua_pushvalue(L, lua_upvalueindex(key));
  lua_rawget(L, 1);
}

static std::string_view text_on_top(lua_State* L, const char* what) {
  if (!lua_isstring(L, -1)) luaL_error(L, "response: %s is a %s, not a text", what, luaL_typename(L, -1));
  std::size_t length = 0;
  const char* text = lua_tolstring(L, -1, &length);
  return {text, length};
}

static void add_header(lua_State* L, http::Response& response, std::string_view name,
                       std::string_view value) {
  if (!is_token(name)) luaL_error(L, "response: a header name is not a token");
  if (base::text::has_line_break(value)) {
    luaL_error(L, "response: header '%s' holds a line break", std::string(name).c_str());
  }
  response.set(std::string(name), std::string(value));
}

static void read_headers(lua_State* L, http::Response& response) {
  if (lua_isnil(L, -1)) return;
  if (!lua_istable(L, -1)) luaL_error(L, "response: headers is a %s", luaL_typename(L, -1));
  std::size_t bytes = 0;
  auto add = [&](std::string_view name, std::string_view value) {
    bytes += name.size() + value.size() + 4;
    if (bytes > most_header_bytes) luaL_error(L, "response: more than 64 KiB of headers");
    add_header(L, response, name, value);
  };
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    if (lua_type(L, -2) != LUA_TSTRING) luaL_error(L, "response: a header name is not a text");
    std::size_t length = 0;
    const char* text = lua_tolstring(L, -2, &length);
    std::string_view name(text, length);
    if (lua_istable(L, -1)) {
      int count = static_cast<int>(lua_objlen(L, -1));
      for (int i = 1; i <= count; ++i) {
        lua_rawgeti(L, -1, i);
        add(name, text_on_top(L, "a header"));
        lua_pop(L, 1);
      }
    } else {
      add(name, text_on_top(L, "a header"));
    }
    lua_pop(L, 1);
  }
}

static void read_body(lua_State* L, http::Response& response) {
  if (lua_isnil(L, -1)) return;
  if (lua_isuserdata(L, -1)) {
    auto taken = take_body(L, lua_gettop(L));
    if (!taken) luaL_error(L, "response: body is not a body, or was returned before");
    response.body = std::move(*taken);
    return;
  }
  response.body = std::string(text_on_top(L, "body"));
}

int read_response(lua_State* L) {
  Task::State& task = *Task::inside(*find_runtime(L)->running);
  if (!lua_istable(L, 1)) {
    return luaL_error(L, "surface '%s' returned a %s, not a response",
                      task.mount->surface->name.c_str(), luaL_typename(L, 1));
  }
  http::Response& response = task.response;
  response = {};
  response.headers.reserve(6);  // most answers have no more
  get(L, status);
  if (!lua_isnil(L, -1)) {
    double number = lua_isnumber(L, -1) ? lua_tonumber(L, -1) : 0;
    if (!(number >= 200 && number <= 599) || number != static_cast<int>(number)) {
      return luaL_error(L, "response: status must be 200 to 599");
    }
    response.status = static_cast<int>(number);
  }
  get(L, type);
  if (!lua_isnil(L, -1)) add_header(L, response, "Content-Type", text_on_top(L, "type"));
  get(L, headers);
  read_headers(L, response);
  get(L, label);
  if (!lua_isnil(L, -1)) {
    response.route = text_on_top(L, "label");
  } else if (task.verb) {
    response.route = task.verb->label;
  } else {
    response.route = task.mount->surface->name;
  }
  get(L, note);
  if (!lua_isnil(L, -1)) response.note = text_on_top(L, "note");
  get(L, compress);
  if (!lua_isnil(L, -1)) response.compress = lua_toboolean(L, -1) != 0;
  // Last: a body that was taken must reach its connection.
  get(L, body);
  read_body(L, response);
  task.answered = true;
  return 0;
}

void open_reply(lua_State* L) {
  for (const char* name : {"status", "type", "headers", "body", "label", "note", "compress"}) {
    lua_pushstring(L, name);
  }
  lua_pushcclosure(L, read_response, 7);
}

http::Response plain_failure(int status, std::string_view code, std::string_view message) {
  http::Response response;
  response.status = status;
  response.set("Content-Type", "application/json");
  // Both texts are the host's own words: nothing in them needs escaping.
  response.body = "{\"error\":{\"code\":\"" + std::string(code) + "\",\"message\":\"" +
                  std::string(message) + "\"}}";
  return response;
}

http::Response plain_failure(const base::Error& error) {
  base::Error shown = plain_error(error);
  switch (shown.code) {
    case base::Code::timeout: return plain_failure(504, "timeout", shown.message);
    case base::Code::unavailable: return plain_failure(503, "unavailable", shown.message);
    default: return plain_failure(500, "internal_error", shown.message);
  }
}

base::Error plain_error(const base::Error& error) {
  switch (error.code) {
    case base::Code::timeout: return {error.code, "The request took too long."};
    case base::Code::unavailable: return {error.code, "The service is busy. Try again later."};
    default: return base::internal("Internal error.");
  }
}

void Task::State::set_cors(http::Response& answer) const {
  if (!mount || !mount->surface->cors) return;
  const std::string& origin = mount->surface->cors->origin;
  answer.set("Access-Control-Allow-Origin", origin);
  if (origin != "*") answer.set("Vary", "Origin");
}

const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view path) noexcept {
  for (const Mount& mount : mounts) {
    if (!path.starts_with(mount.prefix)) continue;
    if (path.size() == mount.prefix.size() || path[mount.prefix.size()] == '/') return &mount;
  }
  return nullptr;
}

}  // namespace host::script
