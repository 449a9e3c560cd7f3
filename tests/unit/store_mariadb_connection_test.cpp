#include "store/mariadb/connection.h"

#include "store/mariadb/address.h"
#include "store_fixture.h"

using namespace store_test;
using base::Code;
using store::mariadb::Connection;

// An export's clock is stopped while nobody takes its rows: it may have run out just before.
TEST_CASE("a time that runs out between two rows ends the rows, and the session is given up") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
  auto address = store::mariadb::parse_address(place.url);
  REQUIRE(address);
  store::mariadb::Server server(*address);
  auto connection = Connection::open(server, store::mariadb::Role::reader);
  REQUIRE(connection);
  std::atomic<bool> cancelled = false;
  (*connection)->set_stop({store::Clock::now() + std::chrono::minutes(1), &cancelled});
  {
    auto rows = (*connection)->open_cursor(sql("SELECT seq FROM seq_1_to_1000000000"));
    REQUIRE(rows);
    REQUIRE((*rows)->step());
    cancelled = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));  // the watch looks every ten
    (*connection)->set_stop({});
    (*connection)->set_stop({store::Clock::now() + std::chrono::minutes(1), nullptr});
    base::Result<bool> more = true;
    while (more && *more) more = (*rows)->step();
    REQUIRE_FALSE(more);
    CHECK(more.error().code == Code::timeout);
  }
  CHECK_FALSE((*connection)->reusable());
}
