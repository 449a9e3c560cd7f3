// The `req` table. Most handlers look at little of a request, so its parts are made when
// they are first asked for.
#include <lua.hpp>

#include <string_view>

#include "base/text.h"
#include "script/push.h"
#include "script/task_state.h"

namespace host::script {

static Task::State* state_of(lua_State* L);

static void push_text(lua_State* L, std::string_view text) {
  lua_pushlstring(L, text.data(), text.size());
}

static void push_decoded(lua_State* L, std::string_view text) {
  if (text.find_first_of("%+") == std::string_view::npos) return push_text(L, text);
  auto decoded = base::text::percent_decode(text, true);
  // A broken escape stands for itself, as PHP has it.
  if (decoded) {
    push_text(L, *decoded);
  } else {
    push_text(L, text);
  }
}

static constexpr int most_fields = 1000;

// name=value&... into the table on top; the last of equal names wins.
static void read_fields(lua_State* L, std::string_view text) {
  int fields = 0;
  while (!text.empty() && fields < most_fields) {
    std::size_t end = text.find('&');
    std::string_view field = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (field.empty()) continue;
    std::size_t equals = field.find('=');
    push_decoded(L, field.substr(0, equals));
    push_decoded(L, equals == std::string_view::npos ? std::string_view() : field.substr(equals + 1));
    lua_rawset(L, -3);
    ++fields;
  }
}

static bool is_form(const http::Request& request) {
  return base::text::starts_with_ignoring_case(request.header("content-type"),
                                               "application/x-www-form-urlencoded");
}

static void push_headers(lua_State* L, const http::Request& request) {
  lua_createtable(L, 0, static_cast<int>(request.headers.size()));
  // Backwards: of repeated headers the first one counts, as in Request::header.
  for (auto it = request.headers.rbegin(); it != request.headers.rend(); ++it) {
    push_text(L, it->name);
    push_text(L, it->value);
    lua_rawset(L, -3);
  }
}

static void push_form(lua_State* L, const http::Request& request) {
  if (!is_form(request) && request.parts.empty()) return lua_pushnil(L);
  lua_createtable(L, 0, 8);
  if (is_form(request)) read_fields(L, request.body);
  for (const http::Part& part : request.parts) {
    if (!part.filename.empty() || part.file) continue;
    push_text(L, part.name);
    push_text(L, part.data);
    lua_rawset(L, -3);
  }
}

static void push_parts(lua_State* L, const http::Request& request) {
  if (request.parts.empty()) return lua_pushnil(L);
  lua_createtable(L, 4, 0);
  int count = 0;
  for (const http::Part& part : request.parts) {
    if (part.filename.empty() && !part.file) continue;
    lua_createtable(L, 0, 5);
    set_field(L, "name", std::string_view(part.name));
    set_field(L, "filename", std::string_view(part.filename));
    set_field(L, "type", std::string_view(part.content_type));
    set_field(L, "size", static_cast<double>(part.size));
    if (part.file) {
      set_field(L, "path", std::string_view(part.file->path()));
    } else {
      set_field(L, "data", std::string_view(part.data));
    }
    lua_rawseti(L, -2, ++count);
  }
}

static void push_arguments(lua_State* L, const Task::State& task) {
  lua_createtable(L, 0, static_cast<int>(task.arguments.size()));
  for (std::size_t i = 0; i < task.arguments.size(); ++i) {
    push_text(L, task.verb->arguments[i]);
    push_text(L, task.arguments[i]);
    lua_rawset(L, -3);
  }
}

static void push_allowed(lua_State* L, const Task::State& task) {
  if (task.allowed.empty()) return lua_pushnil(L);
  lua_createtable(L, static_cast<int>(task.allowed.size()), 0);
  int count = 0;
  for (const std::string& method : task.allowed) {
    push_text(L, method);
    lua_rawseti(L, -2, ++count);
  }
}

static std::string_view subpath(const Task::State& task) {
  std::string_view path = task.request.path;
  path.remove_prefix(std::min(task.mount->prefix.size(), path.size()));
  return path;
}

namespace {
struct Field {
  std::string_view name;
  void (*push)(lua_State*, const Task::State&);
};
}  // namespace

static constexpr Field fields[] = {
    {"path", [](lua_State* L, const Task::State& t) { push_text(L, t.request.path); }},
    {"headers", [](lua_State* L, const Task::State& t) { push_headers(L, t.request); }},
    {"query",
     [](lua_State* L, const Task::State& t) {
       lua_createtable(L, 0, 4);
       read_fields(L, t.request.query);
     }},
    {"form", [](lua_State* L, const Task::State& t) { push_form(L, t.request); }},
    {"parts", [](lua_State* L, const Task::State& t) { push_parts(L, t.request); }},
    {"body", [](lua_State* L, const Task::State& t) { push_text(L, t.request.body); }},
    {"args", push_arguments},
    {"allowed", push_allowed},
    {"id", [](lua_State* L, const Task::State& t) { push_text(L, t.request.id); }},
    {"peer", [](lua_State* L, const Task::State& t) { push_text(L, t.request.peer); }},
    {"proxy",
     [](lua_State* L, const Task::State& t) {
       if (t.request.proxy.empty()) {
         lua_pushnil(L);
       } else {
         push_text(L, t.request.proxy);
       }
     }},
    {"secure", [](lua_State* L, const Task::State& t) { lua_pushboolean(L, t.request.secure); }},
    {"mount", [](lua_State* L, const Task::State& t) { push_text(L, t.mount->prefix); }},
    {"subpath", [](lua_State* L, const Task::State& t) { push_text(L, subpath(t)); }},
    {"target", [](lua_State* L, const Task::State& t) { push_text(L, t.request.target); }},
    {"query_string", [](lua_State* L, const Task::State& t) { push_text(L, t.request.query); }},
};

// __index of `req`: makes the part and keeps it in the table.
static int request_part(lua_State* L) {
  if (lua_type(L, 2) != LUA_TSTRING) return 0;
  std::size_t length = 0;
  const char* text = lua_tolstring(L, 2, &length);
  std::string_view name(text, length);
  for (const Field& field : fields) {
    if (field.name != name) continue;
    Task::State* task = state_of(L);
    if (!task) return luaL_error(L, "req.%s: this request is over", text);
    lua_rawgeti(L, LUA_REGISTRYINDEX, task->main.routine.request);
    if (!lua_rawequal(L, 1, -1)) return luaL_error(L, "req.%s: this request is over", text);
    field.push(L, *task);
    lua_pushvalue(L, 2);
    lua_pushvalue(L, -2);
    lua_rawset(L, 1);
    return 1;
  }
  return 0;
}

static Task::State* state_of(lua_State* L) {
  Runtime* runtime = find_runtime(L);
  if (!runtime || !runtime->running) return nullptr;
  return Task::inside(*runtime->running);
}

enum Key { method = 1, route, action, handler, metatable };

int build_request(lua_State* L) {
  Task::State& task = *state_of(L);
  lua_createtable(L, 0, 16);  // surfaces add ctx, params, key, tenant: nothing grows
  lua_pushvalue(L, lua_upvalueindex(method));
  push_text(L, task.request.method);
  lua_rawset(L, -3);
  if (task.verb) {
    lua_pushvalue(L, lua_upvalueindex(route));
    lua_rawgeti(L, LUA_REGISTRYINDEX, task.verb->route);
    lua_rawset(L, -3);
    lua_pushvalue(L, lua_upvalueindex(action));
    lua_rawgeti(L, LUA_REGISTRYINDEX, task.verb->name);
    lua_rawset(L, -3);
    lua_pushvalue(L, lua_upvalueindex(handler));
    lua_rawgeti(L, LUA_REGISTRYINDEX, task.verb->handler);
    lua_rawset(L, -3);
  }
  lua_pushvalue(L, lua_upvalueindex(metatable));
  lua_setmetatable(L, -2);
  lua_pushvalue(L, -1);
  lua_rawseti(L, LUA_REGISTRYINDEX, task.main.routine.request);
  return 1;
}

// For surface.failed: the same `req`, with what the surface has put into it, and the error.
int build_failure(lua_State* L) {
  Task::State& task = *state_of(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, task.main.routine.request);
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_call(L, 0, 1);
  }
  push_error(L, task.failure);
  lua_remove(L, -2);
  if (const http::Refusal& refusal = task.request.refusal) {
    set_field(L, "code", "invalid");
    set_field(L, "message", std::string_view(refusal.reason));
    set_field(L, "status", static_cast<long long>(refusal.status));
    set_field(L, "reason", std::string_view(http::code_word(refusal.status)));
  }
  return 2;
}

void open_request(lua_State* L) {
  for (const char* name : {"method", "route", "action", "handler"}) lua_pushstring(L, name);
  lua_createtable(L, 0, 2);
  lua_pushcfunction(L, request_part);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushcclosure(L, build_request, 5);
  lua_pushvalue(L, -1);
  lua_pushcclosure(L, build_failure, 1);
}

}  // namespace host::script
