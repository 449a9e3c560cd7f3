#include <catch2/catch.hpp>

#include "support/bare_state.h"

using namespace host;

TEST_CASE("time.format") {
  tests::BareState lua(bind::open_time);
  auto format = [&](const std::string& arguments) {
    return lua.run("return require('time').format(" + arguments + ")");
  };
  CHECK(format("'%Y-%m-%d %H:%M:%S', 1700000000, 'UTC'") == "2023-11-14 22:13:20");
  CHECK(format("'%Y-%m-%d %H:%M:%S %Z %z %:z', 1700000000, 'Europe/Rome'") ==
        "2023-11-14 23:13:20 CET +0100 +01:00");
  CHECK(format("'%z', 1700000000, 'America/St_Johns'") == "-0330");
  CHECK(format("'%S.%3f', 1700000000.123, 'UTC'") == "20.123");
  CHECK(format("'%S.%3f', 1700000000.9996, 'UTC'") == "20.999");
  CHECK(format("'%S.%6f', 0.5, 'UTC'") == "00.500000");
  CHECK(format("'%F %T.%3f', -0.25, 'UTC'") == "1969-12-31 23:59:59.750");
  CHECK(format("'%a %A %b %B %e %j %u %w %y %p %I %V %G %s %%', 1704067200, 'UTC'") ==
        "Mon Monday Jan January  1 001 1 1 24 AM 12 01 2024 1704067200 %");
  CHECK(format("'%V %G', 1609459200, 'UTC'") == "53 2020");
  CHECK(format("'%Y'").size() == 4);
  CHECK(format("'%Q', 0").find("raised: ") == 0);
  CHECK(format("'%', 0").find("raised: ") == 0);
  CHECK(format("'%Y', 1e15").find("raised: ") == 0);
  CHECK(format("'%Y', 0, 'No/Where'").find("raised: ") == 0);
}

TEST_CASE("time.parse") {
  tests::BareState lua(bind::open_time);
  auto parse = [&](const std::string& arguments) {
    return lua.run("local t, err = require('time').parse(" + arguments +
                   ") if err then return t, err end return ('%.3f'):format(t)");
  };
  CHECK(parse("'2023-11-14', 'UTC'") == "1699920000.000");
  CHECK(parse("'2023-11-14 22:13', 'UTC'") == "1699999980.000");
  CHECK(parse("'2023-11-14 22:13:20', 'UTC'") == "1700000000.000");
  CHECK(parse("'2023-11-14T22:13:20.125', 'UTC'") == "1700000000.125");
  CHECK(parse("'2023-11-14 23:13:20', 'Europe/Rome'") == "1700000000.000");
  CHECK(parse("'2023-11-14T22:13:20Z', 'Europe/Rome'") == "1700000000.000");
  CHECK(parse("'2023-11-14T21:13:20-01:00', 'UTC'") == "1700000000.000");
  CHECK(parse("'1969-12-31 23:59:59', 'UTC'") == "-1.000");
  for (const char* wrong : {"", "x", "2023-13-01", "2023-02-30", "2023-1-1", "2023-01-01 25:00",
                            "2023-01-01 10:60", "2023-01-01x", "2023-01-01 10:00:00.", "0000-01-01"}) {
    CHECK(parse("'" + std::string(wrong) + "', 'UTC'") ==
          "nil invalid: not a date or time: " + std::string(wrong));
  }
}

TEST_CASE("time.known_zone refuses paths") {
  tests::BareState lua(bind::open_time);
  auto known = [&](const std::string& name) {
    return lua.run("return require('time').known_zone('" + name + "')");
  };
  CHECK(known("Europe/Rome") == "true");
  CHECK(known("Etc/GMT+5") == "true");
  CHECK(known("America/Argentina/Buenos_Aires") == "true");
  for (const char* wrong : {"", "/etc/localtime", "../../../etc/passwd", "Europe//Rome", "Europe/",
                            "Europe", "zone.tab", "Europe/Rome\\0x"}) {
    CHECK(known(wrong) == "false");
  }
}

TEST_CASE("time.now and time.clock") {
  tests::BareState lua(bind::open_time);
  CHECK(lua.run("local time = require 'time' return time.now() > 1700000000") == "true");
  CHECK(lua.run("local time = require 'time' local a = time.clock() return time.clock() >= a") ==
        "true");
}
