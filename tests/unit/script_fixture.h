// A lane for tests: a loop, a generation built from texts, and answers as values.
#pragma once

#include <lua.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "script/generation.h"
#include "script/modules.h"
#include "script/push.h"
#include "script/task.h"

namespace tests {

using namespace host;

// What the tests' own module `probe` starts and never finishes by itself.
struct Probe {
  int started = 0;
  int dropped = 0;
  std::vector<script::Task::Resumer> waiting;
  std::vector<lua_State*> threads;  // beside waiting
};

class Lane {
 public:
  Lane() : deadlines(loop) {}
  ~Lane() {
    generation.reset();
    loop.poll();
  }

  static constexpr const char* surface_script = R"(
    local api = surface { name = "custom", mounts = { "" } }
    function api.handle(req)
      if not req.route then
        if req.allowed then return { status = 405, body = table.concat(req.allowed, ",") } end
        return { status = 404, body = "none" }
      end
      return { body = tostring(req.handler(req)) }
    end
    return api)";

  // One public action answering GET /run with `body`, the inside of a function of req.
  static std::string handler(const std::string& body, const std::string& access = "public") {
    return "local r = route { family = 'run', summary = 's', actions = { run = { verb = 'GET /run', "
           "access = '" + access + "' } } }\nfunction r.run(req) " + body + " end\nreturn r";
  }

  Lane& add(const std::string& file, const std::string& text) {
    set.scripts[file] = {"/test/" + file, text};
    return *this;
  }

  script::Setup setup();
  base::Result<void> build(std::vector<script::Problem>* problems = nullptr);
  // What is said of scripts that are wrong.
  std::string refusal() {
    auto built = build();
    return built ? "nothing" : built.error().message;
  }
  // Builds with the usual surface and one handler.
  void serve(const std::string& body, const std::string& access = "public");

  // Starts a request; its answer appears in `answer`.
  loop::Pending start(const std::string& path, const std::string& method = "GET");
  http::Response get(const std::string& path, const std::string& method = "GET");
  static std::string text(const http::Response& response);
  // Turns the loop until `done` or for `ms`.
  template <typename Done>
  bool until(Done done, int ms = 60'000);

  loop::Loop loop;
  loop::Deadlines deadlines;
  script::Limits limits;
  script::Watchdog* watchdog = nullptr;
  script::ScriptSet set;
  Probe probe;
  std::unique_ptr<script::Generation> generation;
  std::optional<http::Response> answer;
};

inline Probe& probe_of(lua_State* L) {
  return *static_cast<Probe*>(lua_touserdata(L, lua_upvalueindex(1)));
}

inline int probe_wait(lua_State* L) {
  script::Task& task = script::Task::require(L, "probe.wait");
  Probe& probe = probe_of(L);
  probe.waiting.push_back(task.resumer());
  probe.threads.push_back(L);
  ++probe.started;
  return task.suspend(loop::Pending::cancelled_by([&probe] { ++probe.dropped; }));
}

inline int probe_commit(lua_State* L) {
  script::Task::require(L, "probe.commit").commit();
  return 0;
}
inline int probe_allow(lua_State* L) {
  script::Task::require(L, "probe.allow").allow(30'000);
  return 0;
}
inline int probe_all(lua_State* L) { return script::Task::require(L, "probe.all").all(L); }
inline int probe_enter(lua_State* L) {
  script::Task::require(L, "store.transaction").enter_transaction([] {});
  return 0;
}

inline void open_probe(lua_State* L, Probe& probe) {
  lua_createtable(L, 0, 4);
  static constexpr luaL_Reg functions[] = {{"wait", probe_wait},   {"commit", probe_commit},
                                           {"allow", probe_allow}, {"all", probe_all},
                                           {"enter", probe_enter}, {nullptr, nullptr}};
  for (const luaL_Reg* it = functions; it->name; ++it) {
    lua_pushlightuserdata(L, &probe);
    lua_pushcclosure(L, it->func, 1);
    lua_setfield(L, -2, it->name);
  }
  script::add_module(L, "probe");
}

inline script::Setup Lane::setup() {
  script::Setup setup;
  setup.loop = &loop;
  setup.deadlines = &deadlines;
  setup.watchdog = watchdog;
  setup.limits = limits;
  setup.open_modules = [this](lua_State* L) { open_probe(L, probe); };
  return setup;
}

inline base::Result<void> Lane::build(std::vector<script::Problem>* problems) {
  auto built = script::Generation::build(set, 1, setup(), problems);
  if (!built) return std::move(built).error();
  generation = std::move(built).value();
  return {};
}

inline void Lane::serve(const std::string& body, const std::string& access) {
  add("custom/surface.lua", surface_script);
  add("run.lua", handler(body, access));
  auto built = build();
  if (!built) base::check_failed(built.error().message.c_str(), __FILE__, __LINE__);
}

inline loop::Pending Lane::start(const std::string& path, const std::string& method) {
  answer.reset();
  http::Request request;
  request.method = method;
  std::size_t mark = path.find('?');
  request.target = path;
  request.path = path.substr(0, mark);
  if (mark != std::string::npos) request.query = path.substr(mark + 1);
  request.headers.push_back({"host", "test"});
  request.id = "id-1";
  request.peer = "127.0.0.1";
  return generation->handle(std::move(request),
                            [this](http::Response response) { answer = std::move(response); });
}

inline http::Response Lane::get(const std::string& path, const std::string& method) {
  auto pending = start(path, method);
  until([this] { return answer.has_value(); });
  if (!answer) return {};
  return std::move(*answer);
}

inline std::string Lane::text(const http::Response& response) {
  auto* body = std::get_if<std::string>(&response.body);
  return body ? *body : "not a text";
}

template <typename Done>
bool Lane::until(Done done, int ms) {
  auto end = script::monotonic_ns() + static_cast<std::uint64_t>(ms) * 1'000'000u;
  while (!done()) {
    if (script::monotonic_ns() > end) return false;
    loop.poll();
  }
  return true;
}

}  // namespace tests
