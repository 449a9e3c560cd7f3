#include "script/report.h"

#include "unit/script_fixture.h"

#include <catch2/catch.hpp>

using namespace host::script;

TEST_CASE("a statement is shown without its values") {
  CHECK(shortened("SELECT a\n  FROM b1\tWHERE c = 'it''s' AND d > 12.5 AND e2 = -3") ==
        "SELECT a FROM b1 WHERE c = ? AND d > ? AND e2 = -?");
  CHECK(shortened("SELECT 'a' || 'b'") == "SELECT ? || ?");
  CHECK(shortened("SELECT 'open") == "SELECT ?");
  CHECK(shortened(std::string(1000, 'x')) == std::string(300, 'x') + "...");
  CHECK(shortened("") == "");
}

TEST_CASE("a place names the functions that run, the innermost first") {
  tests::Lane lane;
  lane.add("lib/deep.lua", "local probe = require 'probe'\nreturn function()\n  probe.wait()\n  return 1\nend");
  lane.add("custom/surface.lua", tests::Lane::surface_script);
  lane.add("run.lua", "local deep = require 'lib.deep'\n" + tests::Lane::handler("\nlocal n = deep()\nreturn n"));
  REQUIRE(lane.build());
  auto pending = lane.start("/run");
  REQUIRE(lane.probe.threads.size() == 1);
  std::string at = place(lane.probe.threads[0]);
  CHECK(at.find("lib/deep.lua:3 < run.lua:4") == 0);
}
