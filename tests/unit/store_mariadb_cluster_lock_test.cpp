#include "store/mariadb/cluster_lock.h"

#include "store_fixture.h"
#include "store/mariadb/address.h"

using namespace store_test;
using namespace host::store::mariadb;
using std::chrono::milliseconds;

namespace {
// Ten times as fast as in earnest, and less patient.
constexpr ClusterLockTimes quick{milliseconds(50), milliseconds(2000), milliseconds(1000)};

struct Waiter {
  explicit Waiter(const Place& place) : server(*parse_address(place.url)), connection(std::move(*Connection::open(server, Role::direct))) {}
  Server server;
  std::unique_ptr<Connection> connection;
};
}  // namespace

TEST_CASE("one of two has the lock of a cluster, and the next one when it is given back") {
  Place place("mariadb", "");
  Waiter one(place), two(place);
  CHECK_FALSE(in_cluster(*one.connection));
  {
    ClusterLock first(one.server, *one.connection, quick);
    REQUIRE(first.take());
    ClusterLock second(two.server, *two.connection, quick);
    auto refused = second.take();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == "busy");
  }
  ClusterLock second(two.server, *two.connection, quick);
  CHECK(second.take());
}

TEST_CASE("who holds the lock of a cluster and is gone loses it after a while") {
  Place place("mariadb", "");
  Waiter one(place);
  auto outside = place.outside();
  {
    ClusterLock first(one.server, *one.connection, quick);
    REQUIRE(first.take());
  }
  REQUIRE(outside->run({"UPDATE schema_lock SET sl_holder = 'gone'", {}, {}}));
  ClusterLock second(one.server, *one.connection, {milliseconds(50), milliseconds(1200), milliseconds(10'000)});
  auto began = std::chrono::steady_clock::now();
  REQUIRE(second.take());
  CHECK(std::chrono::steady_clock::now() - began >= milliseconds(1200));
}
