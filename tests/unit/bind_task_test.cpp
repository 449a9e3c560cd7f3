#include "bind/bind.h"
#include "script_fixture.h"

#include <catch2/catch.hpp>

using tests::Lane;
using namespace host;

namespace {

// The usual lane with the module under test and its services.
struct TaskLane : Lane {
  explicit TaskLane(const std::string& body, const std::string& access = "public") {
    services.loop = &loop;
    services.deadlines = &deadlines;
    services.settings_json = R"({"a":{"b":[1,2],"off":false},"name":"x"})";
    add("custom/surface.lua", surface_script);
    add("run.lua", "local task, log, config = require 'task', require 'log', require 'config'\n" +
                       handler(body, access));
    auto plan = setup();
    plan.open_modules = [this](lua_State* L) {
      tests::open_probe(L, probe);
      bind::set_services(L, &services);
      bind::open_task(L);
      bind::open_log(L);
      bind::open_config(L);
    };
    auto built = script::Generation::build(set, 1, std::move(plan));
    REQUIRE(built);
    generation = std::move(built).value();
  }
  ~TaskLane() { generation.reset(); }
  bind::Services services;
};

}  // namespace

TEST_CASE("task.sleep waits, and many sleeps wait together") {
  TaskLane lane(
      "local list = {} for i = 1, 20 do list[i] = function() task.sleep(0.02) return i end end "
      "local sum = 0 for _, it in ipairs(task.all(list)) do sum = sum + it.value end return sum");
  auto started = script::monotonic_ns();
  CHECK(Lane::text(lane.get("/run")) == "210");
  CHECK(script::monotonic_ns() - started < 2'000'000'000u);
}

TEST_CASE("a dropped sleep leaves no timer") {
  TaskLane lane("task.sleep(100)");
  { auto pending = lane.start("/run"); }
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE("task.remaining counts down to the deadline") {
  TaskLane lane("local r = task.remaining() assert(r > 20 and r <= 30) return 'ok'");
  CHECK(Lane::text(lane.get("/run")) == "ok");
}

TEST_CASE("a scope can become narrower only") {
  TaskLane lane(R"(
    task.scope("*")
    task.scope("DEMO")
    task.scope("DEMO")
    assert(not pcall(task.scope, "OTHER") and not pcall(task.scope, "*") and not pcall(task.scope, ""))
    return "kept")");
  CHECK(Lane::text(lane.get("/run")) == "kept");
}

TEST_CASE("task.commit lets a read run on") {
  TaskLane lane("task.commit(); task.sleep(100)", "read");
  { auto pending = lane.start("/run"); }
  CHECK(lane.generation->tasks() == 1);
}

TEST_CASE("wrong arguments raise") {
  for (const char* code : {"task.sleep(-1)", "task.sleep('x')", "task.sleep(0/0)", "task.sleep(1e9)",
                           "task.all(1)", "task.all { 1 }", "task.scope()", "log.info()",
                           "log.info('x', 1)", "config.get()"}) {
    INFO(code);
    TaskLane lane(code);
    CHECK(lane.get("/run").status == 500);
  }
}

TEST_CASE("log takes any fields") {
  TaskLane lane("log.info('x', { a = 1, [2] = true, c = {}, d = ('y'):rep(1e5), e = 'a\\nb' }) return 'ok'");
  CHECK(Lane::text(lane.get("/run")) == "ok");
}

TEST_CASE("config gives settings by path, as copies") {
  TaskLane lane(R"(
    assert(config.get("name") == "x" and config.get("a.b")[2] == 2 and config.get("a.off", true) == false)
    assert(config.get("a.none") == nil and config.get("a.none", 7) == 7 and config.get("name.deeper", 1) == 1)
    config.get("a").b[1] = 9
    return config.get("a.b")[1])");
  CHECK(Lane::text(lane.get("/run")) == "1");
}
