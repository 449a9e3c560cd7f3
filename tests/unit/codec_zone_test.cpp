#include "codec/zone.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <sstream>

using namespace host;
using codec::Zone;

namespace {

std::string file(const std::string& name) {
  std::ifstream in("/usr/share/zoneinfo/" + name, std::ios::binary);
  std::ostringstream bytes;
  bytes << in.rdbuf();
  return bytes.str();
}

Zone zone(const std::string& name) {
  auto parsed = Zone::parse(file(name));
  REQUIRE(parsed);
  return *parsed;
}

}  // namespace

TEST_CASE("zone: winter and summer time") {
  Zone rome = zone("Europe/Rome");
  CHECK(rome.at(1700000000).seconds == 3600);  // 2023-11-14
  CHECK(rome.at(1700000000).name == "CET");
  CHECK(rome.at(1690000000).seconds == 7200);  // 2023-07-22
  CHECK(rome.at(1690000000).name == "CEST");
  CHECK(rome.at(1690000000).summer);
  // 2023-10-29 01:00 UTC is the end of summer time.
  CHECK(rome.at(1698541199).seconds == 7200);
  CHECK(rome.at(1698541200).seconds == 3600);
  CHECK(zone("America/Sao_Paulo").at(1700000000).seconds == -10800);
  CHECK(zone("Asia/Kolkata").at(1700000000).seconds == 19800);
}

TEST_CASE("zone: years behind the table follow the rule") {
  Zone rome = zone("Europe/Rome");
  CHECK(rome.at(2540000000).name == "CEST");  // 2050-06-27
  CHECK(rome.at(2524608000).name == "CET");   // 2050-01-01
  Zone sydney = zone("Australia/Sydney");
  CHECK(sydney.at(2524608000).seconds == 39600);
  CHECK(sydney.at(2540000000).seconds == 36000);
}

TEST_CASE("zone: wall-clock times become instants") {
  Zone rome = zone("Europe/Rome");
  CHECK(rome.instant(1700003600) == 1700000000);
  CHECK(rome.instant(1690007200) == 1690000000);
  // 02:30 on 2023-10-29 is there twice: the first, in summer time.
  CHECK(rome.instant(1698546600) == 1698539400);
  // 02:30 on 2023-03-26 is not there: 03:30 summer time.
  CHECK(rome.instant(1679797800) == 1679794200);
  CHECK(Zone().instant(5) == 5);
}

TEST_CASE("zone: broken files are refused") {
  std::string good = file("Europe/Rome");
  CHECK_FALSE(Zone::parse(""));
  CHECK_FALSE(Zone::parse("TZif2"));
  CHECK_FALSE(Zone::parse("#!/bin/sh"));
  for (size_t size = 0; size < good.size(); size += 7) {
    auto cut = Zone::parse(std::string_view(good).substr(0, size));
    if (cut) cut->at(1700000000);
  }
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0xff);
    auto changed = Zone::parse(bad);
    if (changed) {
      changed->at(1700000000);
      changed->at(9000000000);
    }
  }
}
