#include "store/mariadb/server.h"

#include "store_fixture.h"
#include "store_gate.h"

using namespace store_test;
using base::Code;
using store::mariadb::Server;

static std::string replaced(std::string text, const std::string& from, const std::string& to) {
  auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("when the first server is away the next one is asked") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
  std::string url = replaced(place.url, "root@", "root@127.0.0.1:1,");
  auto opened = store::open(url);
  REQUIRE(opened);
  Lane lane(**opened);
  REQUIRE(lane.write({sql("INSERT INTO t (id) VALUES (1)")}));
  CHECK(count(lane, "SELECT count(*) FROM t") == 1);
}

TEST_CASE("no server, a wrong account, no such database: unavailable, and no password in the words") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
  for (const std::string& url : {replaced(place.url, "root@", "nobody:s3cret@"), place.url + "_none",
                                 std::string("mysql://root:s3cret@127.0.0.1:1/x")}) {
    auto opened = store::open(url);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::unavailable);
    CHECK(opened.error().message.find("s3cret") == std::string::npos);
  }
}

TEST_CASE("a server that is silent from the start is passed by, and is used once it answers") {
  TwoWays it;
  it.address.hosts.pop_back();
  it.gate.shut();
  Server server(it.address, false, TwoWays::times());
  Server::Running session;
  auto refused = server.open(session);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unavailable);
  CHECK(refused.error().kind == "away");
  // Known to be away: who asks is not kept waiting, whatever the time a connection may take.
  for (int i = 0; i < 100; ++i) CHECK_FALSE(server.open(session));
  it.gate.open();
  auto opened = server.open(session);
  for (int i = 0; i < 1000 && !opened; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    opened = server.open(session);
  }
  CHECK(opened);
}

// What a restart of the server, or its administrator, does to sessions that idle.
TEST_CASE("sessions that the server closed are opened anew") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);");
  auto database = place.open({.reader_threads = 1, .writer_threads = 1});
  Lane lane(*database);
  REQUIRE(lane.write({sql("INSERT INTO t (id) VALUES (1)")}));
  REQUIRE(lane.query(sql("SELECT 1")));
  kill_sessions(*place.outside(), 2);
  CHECK(lane.write({sql("INSERT INTO t (id) VALUES (2)")}));
  CHECK(lane.query(sql("SELECT 1")));
  CHECK(count(lane, "SELECT count(*) FROM t") == 2);
}
