#include "store/mariadb/read_session.h"

#include "store_fixture.h"
#include "store_gate.h"

using namespace store_test;
using base::Code;
using store::mariadb::ReadSession;
using store::mariadb::Server;

// As a machine that is stopped or out of reach: its sockets are there, and nobody answers.
TEST_CASE("a server that falls silent is given up, its reads are asked again elsewhere") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  auto idle = ReadSession::open(server);
  REQUIRE(session);
  REQUIRE(idle);
  REQUIRE((*session)->run(sql("SELECT count(*) FROM t"), {}, {}));
  it.gate.shut();
  auto rows = (*session)->run(sql("SELECT count(*) FROM t"), {}, {});
  REQUIRE(rows);
  CHECK(rows->cell(0, 0).integer == 2);
  CHECK_FALSE((*idle)->reusable());  // of the same server: nobody waits for it once more
  CHECK((*idle)->run(sql("SELECT 1"), {}, {}));
  auto columns = (*idle)->table_columns("t");
  CHECK(columns);
}

TEST_CASE("a statement that takes long on a server that answers is left alone") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  REQUIRE(session);
  auto rows = (*session)->run(sql("SELECT sleep(2)"), {}, {});
  REQUIRE(rows);
  CHECK(rows->cell(0, 0).integer == 0);
}

TEST_CASE("rows that are lost half-way are an error, not fewer rows") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  REQUIRE(session);
  (*session)->set_stop({store::Clock::now() + std::chrono::minutes(1), nullptr});
  auto query = sql("SELECT repeat('x', 1000), seq FROM seq_1_to_1000000");
  auto rows = (*session)->open_cursor(query);
  REQUIRE(rows);
  REQUIRE((*rows)->step());
  it.gate.shut();
  base::Result<bool> more = true;
  while (more && *more) more = (*rows)->step();
  REQUIRE_FALSE(more);
  CHECK(more.error().code == Code::unavailable);
  (*session)->set_stop({});
}
