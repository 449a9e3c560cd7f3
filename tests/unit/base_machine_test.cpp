#include "base/machine.h"

#include <catch2/catch.hpp>

using namespace host::base::machine;

TEST_CASE("routes by a gateway, out of /proc/net/route") {
  auto list = parse_routes(
      "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
      "eth0\t00000000\t6417A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
      "eth0\t0017A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
      "eth1\t0001A8C0\t0101A8C0\t0003\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
      "broken\tzz\n");
  REQUIRE(list.size() == 2);
  CHECK(list[0].destination == "0.0.0.0/0");
  CHECK(list[0].gateway == "192.168.23.100");
  CHECK(list[1].interface == "eth1");
  CHECK(list[1].destination == "192.168.1.0/24");
  CHECK(list[1].gateway == "192.168.1.1");
  CHECK(parse_routes("").empty());
}

TEST_CASE("name servers in their order") {
  auto list = parse_name_servers("# nameserver 9.9.9.9\nsearch lan\nnameserver 192.168.0.100\n nameserver\t::1 # own\n");
  REQUIRE(list.size() == 2);
  CHECK(list[0] == "192.168.0.100");
  CHECK(list[1] == "::1");
  CHECK(parse_name_servers("nameserver").empty());
}
