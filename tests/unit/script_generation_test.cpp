#include "script/generation.h"

#include <catch2/catch.hpp>

#include "script_fixture.h"

using namespace host;
using tests::Lane;

// Found: the bodies of one tenant, 8 MB each, made the others of the lane wait for all of them.
TEST_CASE("large bodies take turns, so that others come between them") {
  Lane lane;
  lane.serve("return #req.body");
  std::vector<std::string> order;
  std::vector<loop::Pending> running;
  auto ask = [&](std::string body, std::string name) {
    http::Request request;
    request.method = "GET";
    request.path = request.target = "/run";
    request.body = std::move(body);
    running.push_back(lane.generation->handle(std::move(request), [&order, name](http::Response response) {
      order.push_back(name + Lane::text(response));
    }));
  };
  for (int i = 0; i < 3; ++i) ask(std::string(300'000, 'x'), "large ");
  ask("small", "");
  CHECK(order == std::vector<std::string>{"5"});
  for (std::size_t done = 1; done < 4; ++done) {
    REQUIRE(lane.until([&] { return order.size() > done; }));
    CHECK(order.size() == done + 1);  // one in a turn of the loop
  }
  // One whose client has gone is left out.
  ask(std::string(300'000, 'x'), "gone ");
  ask(std::string(300'000, 'x'), "last ");
  running[4] = {};
  REQUIRE(lane.until([&] { return order.back() == "last 300000"; }));
  CHECK(order.size() == 5);
}

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
