#include "script/generation.h"

#include <catch2/catch.hpp>

#include "script_fixture.h"

using tests::Lane;

TEST_CASE("a handler answers") {
  Lane lane;
  lane.serve("return 'hello'");
  auto response = lane.get("/run");
  CHECK(response.status == 200);
  CHECK(Lane::text(response) == "hello");
  CHECK(response.route == "custom/run.run");
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE("a path with another method answers with what is allowed") {
  Lane lane;
  lane.serve("return 'hello'");
  auto response = lane.get("/run", "POST");
  CHECK(response.status == 405);
  CHECK(Lane::text(response) == "GET");
  CHECK(lane.get("/nothing").status == 404);
}

TEST_CASE("an error is logged and answered 500 without its words") {
  Lane lane;
  lane.serve("error('the secret reason')");
  auto response = lane.get("/run");
  CHECK(response.status == 500);
  CHECK(Lane::text(response) ==
        "{\"error\":{\"code\":\"internal_error\",\"message\":\"Internal error.\"}}");
}

TEST_CASE("a task waits and goes on with what it was given") {
  Lane lane;
  lane.serve("local probe = require 'probe' return probe.wait() .. probe.wait()");
  auto pending = lane.start("/run");
  CHECK_FALSE(lane.answer);
  REQUIRE(lane.probe.waiting.size() == 1);
  lane.probe.waiting[0]([](lua_State* L) { return host::script::push_string(L, "a"); });
  REQUIRE(lane.probe.waiting.size() == 2);
  lane.probe.waiting[1]([](lua_State* L) { return host::script::push_string(L, "b"); });
  REQUIRE(lane.answer);
  CHECK(Lane::text(*lane.answer) == "ab");
  CHECK(lane.generation->tasks() == 0);
}

TEST_CASE("an error may be any value") {
  for (const char* code : {"error({ message = 'told' })", "error({})", "error(42)", "error(nil)", "error(error)",
                           "error(setmetatable({}, { __tostring = function() error('again') end }))"}) {
    INFO(code);
    Lane lane;
    lane.serve(code);
    CHECK(lane.get("/run").status == 500);
  }
}
