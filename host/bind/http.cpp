#include "http/client.h"

#include "base/text.h"
#include "bind/bind.h"
#include "bind/encode.h"
#include "script/args.h"
#include "script/push.h"
#include "script/task.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace host::bind {

namespace args = script::args;
using base::Result;
using script::Task;

static constexpr double most_answer = 64 << 20;

static std::uint64_t milliseconds(lua_State* L, int options, Task& task) {
  double seconds = args::field_number(L, options, "timeout").value_or(10);
  if (seconds <= 0) luaL_argerror(L, options, "timeout: seconds above 0");
  // Nobody is left to take an answer that comes after the deadline of the task.
  double left = static_cast<double>(std::max<std::uint64_t>(task.remaining_ms(), 1));
  return static_cast<std::uint64_t>(std::ceil(std::min(seconds * 1000, left)));
}

// Reads what http.request and http.get have in common from the table at `options`.
static void read_options(lua_State* L, int options, Task& task, http::ClientRequest& request) {
  request.timeout_ms = milliseconds(L, options, task);
  if (auto max = args::field_number(L, options, "max")) {
    if (*max < 0 || *max > most_answer) luaL_argerror(L, options, "max: bytes, at most 64 MiB");
    request.max_bytes = static_cast<std::uint64_t>(*max);
  }
  if (!lua_istable(L, options)) return;
  lua_getfield(L, options, "headers");
  args::each_pair(L, lua_gettop(L), [&](std::string_view name, std::string_view value) {
    request.headers.push_back({std::string(name), std::string(value)});
  });
  lua_pop(L, 1);
}

static void read_body(lua_State* L, int options, http::ClientRequest& request) {
  auto body = args::field_string(L, options, "body");
  lua_getfield(L, options, "json");
  bool json = !lua_isnil(L, -1);
  if (json && body) luaL_argerror(L, options, "either body or json");
  if (json) {
    encode_value(L, lua_gettop(L), request.body, {});
    bool typed = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& header) {
      return base::text::iequals(header.name, "content-type");
    });
    if (!typed) request.headers.push_back({"Content-Type", "application/json"});
  }
  lua_pop(L, 1);
  if (body) request.body = std::move(*body);
  std::string method = json || body ? "POST" : "GET";
  request.method = args::field_string(L, options, "method").value_or(method);
}

static int push_response(lua_State* L, const http::ClientResponse& response) {
  lua_createtable(L, 0, 3);
  script::set_field(L, "status", static_cast<long long>(response.status));
  // Repeated headers are one list, joined as RFC 9110 5.3 allows.
  std::map<std::string, std::string> headers;
  for (const auto& header : response.headers) {
    auto [place, fresh] = headers.try_emplace(header.name, header.value);
    if (!fresh) place->second += ", " + header.value;
  }
  lua_createtable(L, 0, static_cast<int>(headers.size()));
  for (const auto& [name, value] : headers) script::set_field(L, name.c_str(), value);
  lua_setfield(L, -2, "headers");
  script::set_field(L, "body", std::string_view(response.body));
  return 1;
}

static int send(lua_State* L, Task& task, http::ClientRequest request) {
  auto resume = task.resumer();
  return task.suspend(services(L).http->request(
      std::move(request), [resume](Result<http::ClientResponse> response) {
        resume([response = std::move(response)](lua_State* co) {
          return script::push_result(co, response, push_response);
        });
      }));
}

static int http_request(lua_State* L) {
  Task& task = Task::require(L, "http.request");
  args::table(L, 1);
  http::ClientRequest request;
  auto url = args::field_string(L, 1, "url");
  if (!url) return luaL_argerror(L, 1, "no url");
  request.url = std::move(*url);
  read_options(L, 1, task, request);
  read_body(L, 1, request);
  return send(L, task, std::move(request));
}

static int http_get(lua_State* L) {
  Task& task = Task::require(L, "http.get");
  http::ClientRequest request;
  request.url = args::string(L, 1);
  read_options(L, 2, task, request);
  return send(L, task, std::move(request));
}

void open_http(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"request", http_request}, {"get", http_get}, {nullptr, nullptr}};
  open_module(L, "http", functions);
}

}  // namespace host::bind
