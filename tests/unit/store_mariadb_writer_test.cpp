#include "store/mariadb/writer.h"

#include <future>

#include "store_fixture.h"

using namespace store_test;
using base::Code;

namespace {
constexpr const char* schema =
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER);"
    "INSERT INTO t (id, n) VALUES (1, 0), (2, 0);";

store::Query raise(long long id) { return sql("UPDATE t SET n = n + 1 WHERE id = ?", {number(id)}); }

// Ends the session whose transaction is open. The server shows its transactions as they were up to a tenth of a
// second ago.
void kill_writer(store::Direct& root) {
  for (int i = 0; i < 50; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(150));
    auto writer = root.run(sql("SELECT trx_mysql_thread_id FROM information_schema.innodb_trx"));
    if (writer && writer->size() == 1 && root.script("KILL " + writer->text(0, 0))) return;
  }
  FAIL("no writer to end");
}

// A transaction that has begun in the one session of its writer, and who may end that session.
struct Begun {
  Place place{"mariadb", schema};
  std::unique_ptr<store::Database> database = place.open({.writer_threads = 1, .idle_ms = 20'000});
  Lane lane{*database};
  std::unique_ptr<store::Transaction> transaction = std::move(*lane.begin());
  std::unique_ptr<store::Direct> root = place.outside();
};

}  // namespace

TEST_CASE("two transactions in each other's way are both done, one of them twice") {
  Place place("mariadb", schema);
  auto database = place.open({.writer_threads = 2, .idle_ms = 20'000});
  Lane lane(*database);
  auto first = lane.begin(), second = lane.begin();
  REQUIRE(lane.run(**first, raise(1)));
  auto row = lane.run(**second, sql("INSERT INTO t (n) VALUES (7)"));
  REQUIRE(row);
  REQUIRE(lane.run(**second, raise(2)));
  // Whoever is told first commits, which lets the other one go on.
  int done = 0;
  std::vector<loop::Pending> pending;
  auto go_on = [&](store::Transaction& transaction) {
    return [&](base::Result<store::Rows> rows) {
      REQUIRE(rows);
      pending.push_back(transaction.commit([&](base::Result<void> committed) {
        CHECK(committed.ok());
        if (++done == 2) lane.loop.stop();
      }));
    };
  };
  pending.push_back((*first)->run(raise(2), {}, go_on(**first)));
  pending.push_back((*second)->run(raise(1), {}, go_on(**second)));
  loop::Timer guard(lane.loop, [&] { lane.loop.stop(); });
  guard.start(30'000);
  lane.loop.run();
  REQUIRE(done == 2);
  CHECK(count(lane, "SELECT n FROM t WHERE id = 1") == 2);
  CHECK(count(lane, "SELECT n FROM t WHERE id = 2") == 2);
  // A script may have used the number of its new row: it is the same the second time.
  CHECK(count(lane, "SELECT n FROM t WHERE id = " + std::to_string(row->last_id)) == 7);
  CHECK(count(lane, "SELECT count(*) FROM t") == 3);
}
TEST_CASE("a transaction whose server session is lost before its commit is run again") {
  Begun it;
  REQUIRE(it.lane.run(*it.transaction, raise(1)));
  kill_writer(*it.root);
  REQUIRE(it.lane.run(*it.transaction, raise(2)));
  REQUIRE(it.lane.commit(*it.transaction));
  CHECK(count(it.lane, "SELECT sum(n) FROM t") == 2);
}

// The server cannot have read a COMMIT that was never sent: nothing is unknown.
TEST_CASE("a transaction whose server session is lost just before its commit is run again, and done") {
  Begun it;
  REQUIRE(it.lane.run(*it.transaction, raise(1)));
  kill_writer(*it.root);
  REQUIRE(it.lane.commit(*it.transaction));
  CHECK(count(it.lane, "SELECT n FROM t WHERE id = 1") == 1);
}

TEST_CASE("a session lost at the commit leaves the outcome unknown, and never reports it done") {
  Begun it;
  REQUIRE(it.lane.run(*it.transaction, raise(1)));
  REQUIRE(it.root->script("FLUSH TABLES WITH READ LOCK"));  // commits wait for it
  auto killed = std::async(std::launch::async, [&it] {
    auto root = it.place.outside();
    for (int i = 0; i < 500; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      auto found = root->run(sql("SELECT id FROM information_schema.processlist WHERE db = database() AND info = 'COMMIT'"));
      if (found && found->size() == 1) return root->script("KILL " + found->text(0, 0)).ok();
    }
    return false;
  });
  auto committed = it.lane.commit(*it.transaction);
  CHECK(killed.get());
  REQUIRE(it.root->script("UNLOCK TABLES"));
  REQUIRE_FALSE(committed);
  CHECK(committed.error().code == Code::unavailable);
  CHECK(committed.error().message.find("may be done, or not") != std::string::npos);
  REQUIRE(it.lane.write({raise(2)}));
  CHECK(count(it.lane, "SELECT n FROM t WHERE id = 1") == 0);
}

TEST_CASE("what was read and has changed since is not written over") {
  Begun it;
  REQUIRE(it.lane.run(*it.transaction, sql("SELECT n FROM t WHERE id = 1")));
  REQUIRE(it.lane.run(*it.transaction, raise(2)));
  REQUIRE(it.root->run(raise(1)));
  kill_writer(*it.root);
  auto refused = it.lane.run(*it.transaction, raise(2));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unavailable);
  CHECK_FALSE(it.lane.commit(*it.transaction));
  CHECK(count(it.lane, "SELECT n FROM t WHERE id = 2") == 0);
}
