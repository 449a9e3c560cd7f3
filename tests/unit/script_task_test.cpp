#include "script/task.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "script_fixture.h"

using tests::Lane;
using namespace host;

static constexpr auto push_x = [](lua_State* L) { return script::push_string(L, "x"); };

TEST_CASE("a client that goes away drops a read and what it waits for") {
  for (const char* access : {"read", "public"}) {
    Lane lane;
    lane.serve("return (require 'probe').wait()", access);
    {
      auto pending = lane.start("/run");
      CHECK(lane.generation->tasks() == 1);
    }
    CHECK(lane.probe.dropped == 1);
    CHECK(lane.generation->tasks() == 0);
    lane.probe.waiting[0](push_x);  // nobody is there any more
    CHECK_FALSE(lane.answer);
  }
}

TEST_CASE("a client that goes away does not cut a write in half") {
  for (const char* access : {"write", "admin"}) {
    Lane lane;
    lane.serve("local p = require 'probe' p.wait() return p.wait()", access);
    { auto pending = lane.start("/run"); }
    CHECK(lane.probe.dropped == 0);
    lane.probe.waiting.at(0)(push_x);
    REQUIRE(lane.probe.waiting.size() == 2);
    lane.probe.waiting[1](push_x);
    CHECK(lane.generation->tasks() == 0);
    CHECK_FALSE(lane.answer);
  }
}

TEST_CASE("after commit a read runs on too") {
  Lane lane;
  lane.serve("local p = require 'probe' p.commit() return p.wait()", "read");
  { auto pending = lane.start("/run"); }
  CHECK(lane.generation->tasks() == 1);
  lane.probe.waiting[0](push_x);
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE("a surface that routes by itself tells the access through req") {
  Lane lane;
  lane.add("own/surface.lua", R"(
    local probe = require "probe"
    local own = surface { name = "own", mounts = { "/own" } }
    function own.handle(req)
      req.route = { actions = { get = { access = req.query.access } } }
      req.action = "get"
      return { body = probe.wait() }
    end)");
  REQUIRE(lane.build());
  { auto pending = lane.start("/own?access=read"); }
  CHECK(lane.generation->tasks() == 0);
  { auto pending = lane.start("/own?access=write"); }
  CHECK(lane.generation->tasks() == 1);
}

TEST_CASE("a task is woken once") {
  Lane lane;
  lane.serve("local p = require 'probe' p.wait() p.wait() return 'end'");
  auto pending = lane.start("/run");
  auto first = lane.probe.waiting.at(0);
  first(push_x);
  first(push_x);
  CHECK(lane.probe.waiting.size() == 2);
  CHECK_FALSE(lane.answer);
}

TEST_CASE("the deadline answers 504 and drops what was waited for") {
  Lane lane;
  lane.limits.request_ms = 30;
  lane.serve("return (require 'probe').wait()");
  auto response = lane.get("/run");
  CHECK(response.status == 504);
  CHECK(Lane::text(response).find("\"timeout\"") != std::string::npos);
  CHECK(lane.probe.dropped == 1);
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE(
    "what takes longer than a request may is given its time, also by one that has waited before") {
  Lane lane;
  lane.limits.request_ms = 30;
  lane.serve("local p = require 'probe' p.wait() p.allow() return p.wait()");
  auto pending = lane.start("/run");
  lane.probe.waiting.at(0)(push_x);
  CHECK_FALSE(lane.until([&] { return lane.answer.has_value(); }, 90));
  lane.probe.waiting.at(1)(push_x);
  REQUIRE(lane.answer);
  CHECK(lane.answer->status == 200);
}

TEST_CASE("wrong places to wait are named") {
  Lane lane;
  lane.serve(R"(
    local p = require "probe"
    local function message(f, ...) return (select(2, pcall(f, ...))) end
    local list = {}
    list[1] = message(table.sort, { 2, 1 }, function() p.wait() end)
    list[2] = message(string.gsub, "x", "x", function() p.wait() end)
    p.enter()
    list[3] = message(p.wait)
    return table.concat(list, "\n"))");
  std::string text = Lane::text(lane.get("/run"));
  CHECK(text ==
        "run.lua:6: cannot wait inside a callback of table.sort or string.gsub\n"
        "run.lua:7: cannot wait inside a callback of table.sort or string.gsub\n"
        "probe.wait cannot be called inside store.transaction");
  CHECK(lane.probe.started == 0);

  Lane loading;
  loading.add("custom/surface.lua", Lane::surface_script);
  loading.add("run.lua", "\nlocal p = require 'probe'\np.wait()");
  CHECK(loading.refusal() == "run.lua:3: probe.wait cannot be called while scripts load");
}

TEST_CASE("waiting works across pcall, iterators and metamethods") {
  Lane lane;
  lane.serve(R"(
    local p = require "probe"
    local out = {}
    local _, a = pcall(p.wait)
    out[1] = a
    for value in p.wait do out[#out + 1] = value break end
    local t = setmetatable({}, { __index = function() return p.wait() end })
    out[#out + 1] = t.x
    return table.concat(out))");
  auto pending = lane.start("/run");
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(lane.probe.waiting.size() == i + 1);
    lane.probe.waiting[i](push_x);
  }
  REQUIRE(lane.answer);
  CHECK(Lane::text(*lane.answer) == "xxx");
}

TEST_CASE("task.all runs its functions at the same time") {
  Lane lane;
  lane.serve(R"(
    local p = require "probe"
    local results = p.all {
      function() return p.wait() .. p.wait() end,
      function() return nil, { code = "refused" } end,
      function() local inner = p.all { p.wait } return inner[1].value end,
    }
    assert(#p.all {} == 0)
    return results[1].value .. results[2].err.code .. results[3].value)");
  auto pending = lane.start("/run");
  REQUIRE(lane.probe.waiting.size() == 2);
  lane.probe.waiting[1](push_x);
  lane.probe.waiting[0](push_x);
  REQUIRE(lane.probe.waiting.size() == 3);
  CHECK_FALSE(lane.answer);
  lane.probe.waiting[2](push_x);
  REQUIRE(lane.answer);
  CHECK(Lane::text(*lane.answer) == "xxrefusedx");
}

TEST_CASE("a task that ends takes its children along") {
  Lane lane;
  lane.serve("local p = require 'probe' p.all { p.wait, p.wait, function() error('no') end }");
  auto pending = lane.start("/run");
  REQUIRE(lane.answer);
  CHECK(lane.answer->status == 500);
  CHECK(lane.probe.dropped == 2);
  Lane gone;
  gone.serve("local p = require 'probe' p.all { p.wait, p.wait }");
  { auto client = gone.start("/run"); }
  CHECK(gone.probe.dropped == 2);
}

TEST_CASE("a generation that closes answers 503 to what still waits") {
  Lane lane;
  lane.serve("return (require 'probe').wait()");
  auto pending = lane.start("/run");
  lane.generation.reset();
  REQUIRE(lane.answer);
  CHECK(lane.answer->status == 503);
  CHECK(lane.probe.dropped == 1);
  lane.probe.waiting[0](push_x);
}

TEST_CASE("an old generation tells when its last task is gone") {
  Lane lane;
  lane.serve("return (require 'probe').wait()");
  auto pending = lane.start("/run");
  bool idle = false;
  lane.generation->when_idle([&] {
    lane.generation.reset();
    idle = true;
  });
  lane.loop.poll();
  CHECK_FALSE(idle);
  lane.probe.waiting[0](push_x);
  CHECK_FALSE(idle);
  CHECK(lane.until([&] { return idle; }));
  CHECK(lane.answer);
}

TEST_CASE("the surface words failures in its own way") {
  Lane lane;
  lane.limits.request_ms = 30;
  lane.add("own/surface.lua", R"(
    local probe = require "probe"
    local own = surface { name = "own", mounts = { "/own" },
      cors = { origin = "*", methods = "GET", headers = "X" } }
    function own.handle(req)
      req.format = "mine"
      if req.subpath == "/wait" then probe.wait() end
      error("secret")
    end
    function own.failed(req, err)
      if req.subpath == "/twice" then error("again") end
      return { status = 200, body = req.format .. " " .. err.code .. " " .. err.message }
    end)");
  REQUIRE(lane.build());
  auto response = lane.get("/own");
  CHECK(Lane::text(response) == "mine internal Internal error.");
  REQUIRE(response.headers.size() == 1);
  CHECK(response.headers[0].name == "Access-Control-Allow-Origin");
  CHECK(Lane::text(lane.get("/own/wait")) == "mine timeout The request took too long.");
  CHECK(lane.get("/own/twice").status == 500);
  auto options = lane.get("/own/x", "OPTIONS");
  CHECK(options.status == 204);
  CHECK(options.headers.size() == 4);
  CHECK(lane.get("/elsewhere").status == 404);
}

TEST_CASE("a response that is not sound is an internal error") {
  for (const char* body : {"return 1", "return { status = 99 }", "return { status = 'x' }",
                           "return { body = {} }", "return { headers = { a = 'b\\r\\nc: d' } }",
                           "return { headers = { ['a b'] = 'c' } }", "return { headers = 1 }",
                           "return { type = 'a\\nb' }", "return", "return { body = function() end }"}) {
    INFO(body);
    Lane lane;
    lane.add("own/surface.lua",
             std::string("local own = surface { name = 'own', mounts = { '' } }\n"
                         "function own.handle(req) ") + body + " end");
    REQUIRE(lane.build());
    CHECK(lane.get("/").status == 500);
  }
}

TEST_CASE("a request shows its parts when asked") {
  Lane lane;
  lane.serve(R"(
    assert(req.method == "GET" and req.path == "/run" and req.mount == "" and req.subpath == "/run")
    assert(req.id == "id-1" and req.peer == "127.0.0.1" and req.secure == false)
    assert(req.headers.host == "test" and req.headers == req.headers)
    assert(req.query.a == "2" and req.query["b c"] == "d&e" and req.query.x == "%zz" and req.query.e == "")
    assert(req.body == "" and req.form == nil and req.parts == nil and next(req.args) == nil)
    assert(req.action == "run" and req.route.family == "run" and req.params == nil)
    return "seen")");
  CHECK(Lane::text(lane.get("/run?a=1&a=2&b+c=d%26e&x=%zz&e")) == "seen");
}

TEST_CASE("a request that is over cannot be asked any more") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("run.lua",
           "local last\n" + Lane::handler("local l = last last = req return l and l.headers or 'first'"));
  REQUIRE(lane.build());
  CHECK(Lane::text(lane.get("/run")) == "first");
  CHECK(lane.get("/run").status == 500);
}

TEST_CASE("many requests leave nothing behind") {
  Lane lane;
  lane.serve("return req.headers.host .. (req.query.a or '')");
  // Garbage comes and goes: what is left is seen just after it went.
  auto least = [&](int requests) {
    auto memory = lane.generation->memory();
    for (int i = 0; i < requests; ++i) {
      lane.get("/run?a=1");
      memory = std::min(memory, lane.generation->memory());
    }
    return memory;
  };
  least(2000);
  auto before = least(5000);
  least(10000);
  CHECK(least(5000) < before + 50'000);
}
