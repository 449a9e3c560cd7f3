#include "store/mariadb/read_session.h"

#include "store/encode.h"
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

// What a restart of the server, or a balancer before it, does: all sessions are gone at once, those of running
// statements too.
TEST_CASE("reads whose sessions are gone are asked again, all of them") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t (id) VALUES (1), (2);");
  auto database = place.open({.reader_threads = 8, .writer_threads = 1});
  Lane lane(*database);
  std::unique_ptr<store::Direct> root = place.outside();
  auto stream_all = [&] {
    auto stream = lane.stream(sql("SELECT id FROM t ORDER BY id"), store::make_encoder({}));
    REQUIRE(stream);
    std::string all;
    for (;;) {
      auto chunk = lane.next(**stream);
      REQUIRE(chunk);
      if (chunk->empty()) break;
      all += *chunk;
    }
    CHECK(all == "id\n1\n2\n");
  };
  for (bool busy : {false, true}) {
    stream_all();  // a session that idles with the streams'
    int left = 0;
    std::vector<loop::Pending> pending;
    auto ask = [&](const std::string& what, int times) {
      for (int i = 0; i < times; ++i) {
        ++left;
        pending.push_back(lane.reader->query(sql("SELECT count(*)" + what + " FROM t"), {}, [&](base::Result<store::Rows> rows) {
          CHECK(rows.ok());
          if (rows) CHECK(rows->cell(0, 0).integer == 2);
          if (--left == 0) lane.loop.stop();
        }));
      }
    };
    auto all_done = [&] {
      loop::Timer guard(lane.loop, [&] { lane.loop.stop(); });
      guard.start(30'000);
      lane.loop.run();
      REQUIRE(left == 0);
    };
    ask(", sleep(0.1)", 8);  // a session for each thread
    if (!busy) all_done();
    kill_sessions(*root, busy ? 8 : 9);
    ask("", 40);
    all_done();
    stream_all();
    CHECK(lane.wait<std::vector<store::Column>>([&](auto done) { return lane.reader->columns("t", done); }));
  }
}
