#include "script/layers.h"

#include <catch2/catch.hpp>

using namespace host::script::layers;

TEST_CASE("a file's path says what it is") {
  for (const char* file : {"lib/cron.lua", "engine/sql.lua", "model/queue/init.lua", "hotel/lib/room.lua",
                           "hotel/spa/lib/bath.lua", "testing/harness.lua", "custom/lib/x.lua"}) {
    CHECK(role_of(file) == Role::library);
  }
  CHECK(role_of("jobs/nightly.lua") == Role::job);
  CHECK(role_of("hotel/surface.lua") == Role::surface);
  CHECK(role_of("hotel/room.lua") == Role::route);
  CHECK(role_of("hello.lua") == Role::route);
  CHECK(role_of("library.lua") == Role::route);
}

TEST_CASE("a layer requires itself and what is below it") {
  CHECK(refusal("model/queue.lua", "engine/object.lua", "").empty());
  CHECK(refusal("engine/object.lua", "engine/sql.lua", "").empty());
  CHECK(refusal("engine/object.lua", "model/queue.lua", "") == "engine/ may not require model/, which stands above it");
  CHECK(refusal("lib/cron.lua", "engine/sql.lua", "") == "lib/ may not require engine/, which stands above it");
  CHECK(refusal("model/queue.lua", "hotel/lib/room.lua", "") ==
        "model/ may not require hotel/, which stands above it");
  CHECK(refusal("jobs/nightly.lua", "model/queue.lua", "").empty());
}

TEST_CASE("a family's library is its own") {
  CHECK(refusal("hotel/room.lua", "hotel/lib/room.lua", "hotel/").empty());
  CHECK(refusal("hotel/spa/bath.lua", "hotel/lib/room.lua", "hotel/spa/").empty());
  // What the surface serves from elsewhere is the family's too.
  CHECK(refusal("hello.lua", "custom/lib/x.lua", "custom/").empty());
  CHECK(refusal("motel/room.lua", "hotel/lib/room.lua", "motel/") == "hotel/lib/room.lua is for what hotel/ serves");
}

TEST_CASE("routes, surfaces and jobs are not required, the harness by tests alone") {
  CHECK(refusal("hotel/room.lua", "hotel/bath.lua", "hotel/").find("is a script") != std::string::npos);
  CHECK(refusal("hotel/room.lua", "hotel/surface.lua", "hotel/").find("is a script") != std::string::npos);
  CHECK(refusal("hotel/room.lua", "testing/harness.lua", "hotel/") == "testing/harness.lua is for tests alone");
  CHECK(refusal("testing/harness.lua", "testing/conformance.lua", "").empty());
}
