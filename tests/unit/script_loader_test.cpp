#include "script/loader.h"

#include <catch2/catch.hpp>

#include <map>

#include "script_fixture.h"

using tests::Lane;

namespace {
std::string failure(const std::string& text, const std::string& file = "run.lua") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add(file, text);
  auto built = lane.build();
  return built ? "loaded" : built.error().message;
}
}  // namespace

TEST_CASE("a wrong declaration fails with file and line") {
  struct Case {
    const char* text;
    const char* message;
  };
  for (const Case& it : {
           Case{"\nlocal = 1", "run.lua:2: '<name>' expected near '='"},
           Case{"\nroute {}", "run.lua:2: route: family is needed"},
           Case{"route { family = 'a' }", "run.lua:1: route: summary is missing"},
           Case{"route { family = 'a', summary = 's', actoins = {} }",
                "run.lua:1: route: unknown key 'actoins'"},
           Case{"route { family = 'a', summary = 's', actions = {} }", "run.lua:1: route: actions is empty"},
           Case{"route { family = 'a', summary = 's', actions = { x = {} } }",
                "run.lua:1: actions.x: access is missing"},
           Case{"route { family = 'a', summary = 's', actions = { x = { access = 'all' } } }",
                "run.lua:1: actions.x: access must be one of read, write, admin, public"},
           Case{"route { family = 'a', summary = 's', actions = { x = { access = 'read', verb = 'FETCH /a' } } }",
                "run.lua:1: actions.x: verb must be like \"GET /path\", with one of GET, POST, PUT, "
                "PATCH, DELETE, HEAD"},
           Case{"route { family = 'a', summary = 's', params = { p = { typ = 'x' } }, actions = {} }",
                "run.lua:1: route: params.p: unknown key 'typ'"},
           Case{"\n\nlocal r = route { family = 'a', summary = 's', actions = { x = { access = 'read' } } }\n"
                "return r",
                "run.lua:3: action 'x' has no function"},
           Case{"local r = route { family = 'a', summary = 's', actions = { x = { access = 'read' } } }\n"
                "function r.x() end\n\nfunction r.y() end",
                "run.lua:4: function 'y' is not an action"},
           Case{"local r = route { family = 'a', summary = 's', actions = { summary = { access = 'read' } } }",
                "run.lua:1: actions.summary: this name is a key of route"},
           Case{"route { family = 'a', summary = 's', actions = { x = { access = 'read', statuses = { '20x' } } } }",
                "run.lua:1: actions.x: statuses: not an HTTP status: \"20x\""},
           Case{"route { family = 'a', summary = 's', actions = { x = { access = 'read', media = 'text/html' } } }",
                "run.lua:1: actions.x: media must be a table"},
           Case{"require 'lib.none'", "run.lua:1: require: no module 'lib.none'"},
           Case{"surface { name = 'x', mounts = {} }",
                "run.lua:1: a surface cannot be declared here"},
           Case{"job { name = 'x', run = function() end }", "run.lua:1: a job cannot be declared here"},
           Case{"error('own words')", "run.lua:1: own words"}}) {
    CHECK(failure(it.text) == it.message);
  }
}

TEST_CASE("two routes of the same path or identity are refused") {
  std::string text = Lane::handler("return 1");
  Lane same;
  same.add("custom/surface.lua", Lane::surface_script).add("a.lua", text).add("b.lua", text);
  CHECK(same.refusal() == "b.lua:1: a.lua declares the same route");

  Lane path;
  std::string other = text;
  other.replace(other.find("family = 'run'"), 14, "family = 'two'");
  path.add("custom/surface.lua", Lane::surface_script).add("a.lua", text).add("b.lua", other);
  CHECK(path.refusal() == "b.lua:1: action 'run': \"GET /run\": declared twice, by a.lua too");
}

TEST_CASE("every wrong script is reported") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("a.lua", "x = 1").add("b.lua", "local").add("c.lua", Lane::handler("return 1"));
  std::vector<host::script::Problem> problems;
  CHECK_FALSE(lane.build(&problems));
  REQUIRE(problems.size() == 2);
  CHECK(problems[0].message.find("a.lua:1: ") == 0);
  CHECK(problems[1].message.find("b.lua:1: ") == 0);
}

TEST_CASE("libraries load once, and circles are named") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("lib/counter.lua", "local count = 0 return { next = function() count = count + 1 return count end }");
  lane.add("lib/deep/init.lua", "return { counter = require 'lib.counter' }");
  lane.add("run.lua", "local a, b = require 'lib.counter', require 'lib.deep'\n" +
                          Lane::handler("a.next() return b.counter.next()"));
  REQUIRE(lane.build());
  CHECK(Lane::text(lane.get("/run")) == "2");

  Lane circle;
  circle.add("custom/surface.lua", Lane::surface_script);
  circle.add("lib/a.lua", "require 'lib.b'").add("lib/b.lua", "require 'lib.a'");
  circle.add("run.lua", "require 'lib.a'");
  CHECK(circle.refusal().find("a circle: lib/a.lua -> lib/b.lua -> lib/a.lua") != std::string::npos);
  CHECK(failure("require 'run'").find("run.lua is a script; only libraries can be required") != std::string::npos);
}

TEST_CASE("a library declares for the file that loads") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("engine/change.lua", R"(return function(name)
    local r = route { family = name, summary = "s", actions = { get = { verb = "GET /" .. name .. "/{id}", access = "public" } } }
    function r.get(req) return name .. req.args.id end
    return r
  end)");
  lane.add("cats.lua", "return (require 'engine.change')('cats')").add("dogs.lua", "return (require 'engine.change')('dogs')");
  REQUIRE(lane.build());
  CHECK(Lane::text(lane.get("/dogs/7")) == "dogs7");
  auto response = lane.get("/cats/a b/");
  CHECK(Lane::text(response) == "catsa b");
  CHECK(response.route == "custom/cats.get");
  const auto& routes = lane.generation->routes();
  REQUIRE(routes.size() == 2);
  CHECK(routes[0].file == "cats.lua");
  CHECK(routes[0].method == "GET");
  CHECK(routes[0].path == "/cats/{id}");
  CHECK(routes[0].access == "public");
}

TEST_CASE("scripts see routes, surfaces and the host") {
  Lane lane;
  lane.add("custom/surface.lua",
           std::string(Lane::surface_script).insert(std::string(Lane::surface_script).rfind("return api"), "") );
  lane.add("own/surface.lua", R"(
    local seen
    local own = surface { name = "own", mounts = { "/own", "/own/deep" }, words = { "reqtype" } }
    function own.loaded(routes) seen = #routes .. routes[1].file .. routes[1].surface end
    function own.handle(req) return { body = seen .. req.mount .. "|" .. req.subpath } end)");
  lane.add("own/a.lua", "local r = route { reqtype = 'A', summary = 's', actions = { get = { access = 'read' } } }\n"
                        "function r.get() end");
  lane.add("run.lua", Lane::handler("return #routes.list() .. #routes.list('own') .. #routes.surfaces() .. "
                                    "host.info().generation"));
  REQUIRE(lane.build());
  CHECK(Lane::text(lane.get("/run")) == "2121");
  CHECK(Lane::text(lane.get("/own/x")) == "1own/a.luaown/own|/x");
  CHECK(Lane::text(lane.get("//own//deep/x")) == "1own/a.luaown/own/deep|/x");
  CHECK(lane.generation->routes()[0].path == "reqtype=A");
}

TEST_CASE("a surface that describes itself wrongly is refused") {
  for (const auto& [more, message] : {std::pair{"describe = 1", "surface: describe must be a function"},
                                      std::pair{"media = 'text/html'", "surface: media must be a table"},
                                      std::pair{"statuses = { 'gone' }", "surface: statuses: not an HTTP status: \"gone\""},
                                      std::pair{"params = { a = { typ = 'x' } }", "surface: params.a: unknown key 'typ'"},
                                      std::pair{"tenant = { max = 'x' }", "surface: tenant: max must be a number"},
                                      std::pair{"kind = 1", "surface: unknown key 'kind'"}}) {
    Lane lane;
    lane.add("own/surface.lua", "surface { name = 'own', mounts = { '/own' }, " + std::string(more) + " }");
    CHECK(lane.refusal() == "own/surface.lua:1: " + std::string(message));
  }
}

TEST_CASE("a require that goes up or into another family is refused with file and line") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("model/a.lua", "return 1").add("engine/b.lua", "\nlocal a = require 'model.a' return a");
  lane.add("run.lua", "local b = require 'engine.b'\n" + Lane::handler("return b"));
  CHECK(lane.refusal() == "engine/b.lua:2: require: engine/ may not require model/, which stands above it");

  Lane other;
  other.add("custom/surface.lua", Lane::surface_script);
  other.add("own/surface.lua", "local own = surface { name = 'own', mounts = { '/own' } } function own.handle() end");
  other.add("own/lib/a.lua", "return 1").add("run.lua", "local a = require 'own.lib.a'\n" + Lane::handler("return a"));
  CHECK(other.refusal() == "run.lua:1: require: own/lib/a.lua is for what own/ serves");
}

TEST_CASE("the nearest surface upward serves a script") {
  Lane lane;
  const char* surface = "local s = surface { name = '%', mounts = { '/%' } } function s.handle(req) return { body = '%' } end";
  auto named = [&](const char* name) {
    std::string text = surface;
    for (std::size_t at; (at = text.find('%')) != std::string::npos;) text.replace(at, 1, name);
    return text;
  };
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("a/surface.lua", named("outer")).add("a/b/surface.lua", named("inner"));
  for (const char* file : {"a/one.lua", "a/b/two.lua", "a/b/c/three.lua", "four.lua"}) {
    lane.add(file, "local r = route { family = '" + std::string(file) +
                       "', summary = 's', actions = { get = { access = 'read' } } } function r.get() end");
  }
  REQUIRE(lane.build());
  std::map<std::string, std::string> served;
  for (const auto& route : lane.generation->routes()) served[route.file] = route.surface;
  CHECK(served["a/one.lua"] == "outer");
  CHECK(served["a/b/two.lua"] == "inner");
  CHECK(served["a/b/c/three.lua"] == "inner");
  CHECK(served["four.lua"] == "custom");
}

TEST_CASE("a script without a surface is refused") {
  Lane lane;
  lane.add("run.lua", "\n" + Lane::handler("return 1"));
  CHECK(lane.refusal() == "run.lua:2: no surface serves this folder");
}

TEST_CASE("a job runs on one host unless it says every") {
  Lane lane;
  lane.add("jobs/a.lua", "job { name = 'a', run = function() end }");
  lane.add("jobs/b.lua", "job { name = 'b', hosts = 'every', run = function() end }");
  lane.add("jobs/c.lua", "job { name = 'c', hosts = 'one', run = function() end }");
  REQUIRE(lane.build());
  for (const auto& job : lane.generation->jobs()) CHECK(job.everywhere == (job.name == "b"));
  lane.add("jobs/d.lua", "job { name = 'd', hosts = 'two', run = function() end }");
  CHECK(lane.refusal() == "jobs/d.lua:1: job: hosts must be 'one' or 'every'");
}

TEST_CASE("a job runs with its events and reports its end") {
  Lane lane;
  lane.add("jobs/a.lua", R"(
    local probe = require "probe"
    job { name = "a", every = 5, on = { "Cdr" }, run = function(events, lost)
      if #events == 0 and lost == 0 then error("nothing to do") end
      assert(events[1].Event == "Cdr" and events[2].n == "2" and lost == 3)
      assert(events[1].Same == "first")
      probe.wait()
    end })");
  REQUIRE(lane.build());
  REQUIRE(lane.generation->jobs().size() == 1);
  CHECK(lane.generation->jobs()[0].every == 5);
  CHECK(lane.generation->jobs()[0].on == std::vector<std::string>{"Cdr"});

  std::optional<host::base::Result<void>> outcome;
  auto done = [&](host::base::Result<void> result) { outcome = std::move(result); };
  auto events = std::make_shared<host::script::JobEvents>();
  events->events = {{"Cdr", {{"Event", "Cdr"}, {"Same", "first"}, {"Same", "second"}}}, {"Hangup", {{"n", "2"}}}};
  events->lost = 3;
  auto first = lane.generation->run_job("a", events, done);
  CHECK(lane.until([&] { return lane.probe.waiting.size() == 1; }));
  lane.probe.waiting[0]([](lua_State*) { return 0; });
  REQUIRE(outcome);
  CHECK(outcome->ok());

  outcome.reset();
  auto second = lane.generation->run_job("a", nullptr, done);
  CHECK(lane.until([&] { return outcome.has_value(); }));
  CHECK_FALSE(outcome->ok());
  outcome.reset();
  auto third = lane.generation->run_job("b", nullptr, done);
  CHECK(lane.until([&] { return outcome.has_value(); }));
  CHECK(outcome->error().code == host::base::Code::not_found);
  outcome.reset();
  { auto dropped = lane.generation->run_job("a", events, done); }
  lane.loop.poll();
  CHECK_FALSE(outcome);
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE("reloading again and again keeps the memory flat") {
  Lane lane;
  lane.serve("return 'x'");
  auto bytes = lane.generation->memory();
  for (int i = 0; i < 1000; ++i) {
    auto built = host::script::Generation::build(lane.set, 2, lane.setup());
    REQUIRE(built);
    lane.generation = std::move(built).value();
    if (i % 100 == 0) CHECK(lane.get("/run").status == 200);
  }
  CHECK(lane.generation->memory() < bytes + 100'000);
}
