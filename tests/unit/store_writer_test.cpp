#include "store/writer.h"

#include <algorithm>
#include <thread>

#include "store_fixture.h"

using namespace store_test;
using base::Code;

namespace {

constexpr const char* schema = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE);";

std::unique_ptr<store::Database> open(const File& file, store::Settings settings = {}) {
  auto opened = store::open(file.url, settings);
  REQUIRE(opened);
  return std::move(*opened);
}

store::Query add(std::string name) { return sql("INSERT INTO t (name) VALUES (?)", {std::move(name)}); }

// What a process of its own finds in the file.
long long stored(const File& file) {
  auto other = store::open_for_cli(file.url);
  REQUIRE(other);
  return (*(*other)->run(sql("SELECT count(*) FROM t"))).cell(0, 0).integer;
}

}  // namespace

TEST_CASE("a write is on disk when it is answered") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto written = lane.write({add("a"), add("b"), sql("UPDATE t SET name = name || '!'")});
  REQUIRE(written);
  REQUIRE(written->size() == 3);
  CHECK((*written)[1].last_id == 2);
  CHECK((*written)[2].changes == 2);
  CHECK(stored(file) == 2);
}

TEST_CASE("one bad statement undoes all of its write and nothing of another") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  REQUIRE(lane.write({add("a")}));
  auto bad = lane.write({add("b"), add("a")});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Code::conflict);
  CHECK(stored(file) == 1);
  REQUIRE(lane.write({add("b")}));
  CHECK(stored(file) == 2);
}

TEST_CASE("writes that wait together share a commit, and none is answered before it") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  std::vector<loop::Pending> pending;
  int answered = 0;
  bool all_on_disk = true;
  for (int i = 0; i < 200; ++i) {
    // Every tenth fails by itself.
    auto query = i % 10 == 0 ? sql("INSERT INTO t (id) VALUES ('no number')") : add("n" + std::to_string(i));
    pending.push_back(lane.writer->write({query}, 10'000, [&, i](auto result) {
      CHECK(result.ok() == (i % 10 != 0));
      if (result) {
        auto look = lane.reader->try_inline(
            sql("SELECT 1 FROM t WHERE id = ?", {number(result.value()[0].last_id)}), {});
        all_on_disk = all_on_disk && look && look->ok() && (*look)->size() == 1;
      }
      if (++answered == 200) lane.loop.stop();
    }));
  }
  lane.loop.run();
  CHECK(all_on_disk);
  CHECK(stored(file) == 180);
  auto counters = database->counters();
  CHECK(counters.transactions == 180);
  CHECK(counters.commits < 180);
  CHECK(counters.rollbacks == 20);
}

TEST_CASE("a transaction sees its own writes, others do not until it commits") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto begun = lane.begin();
  REQUIRE(begun);
  store::Transaction& transaction = **begun;
  auto added = lane.run(transaction, add("a"));
  REQUIRE(added);
  CHECK(added->last_id == 1);
  CHECK((*lane.run(transaction, sql("SELECT count(*) FROM t"))).cell(0, 0).integer == 1);
  CHECK(count(lane, "SELECT count(*) FROM t") == 0);
  REQUIRE(lane.commit(transaction));
  CHECK(count(lane, "SELECT count(*) FROM t") == 1);
  CHECK(stored(file) == 1);
}

TEST_CASE("a statement that fails leaves its transaction usable") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto begun = lane.begin();
  REQUIRE(lane.run(**begun, add("a")));
  CHECK(lane.run(**begun, add("a")).error().code == Code::conflict);
  REQUIRE(lane.run(**begun, add("b")));
  REQUIRE(lane.commit(**begun));
  CHECK(stored(file) == 2);
}

TEST_CASE("a transaction that is dropped leaves nothing, and the next one goes on") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  {
    auto begun = lane.begin();
    REQUIRE(lane.run(**begun, add("a")));
  }
  REQUIRE(lane.write({add("b")}));
  CHECK(stored(file) == 1);
  CHECK(count(lane, "SELECT count(*) FROM t WHERE name = 'a'") == 0);
}

TEST_CASE("a transaction given up while it waits for its turn never starts") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto first = lane.begin();
  REQUIRE(first);
  {
    auto dropped = lane.writer->begin(10'000, [](auto) { FAIL("called"); });
    auto skipped = lane.writer->write({add("never")}, 10'000, [](auto) { FAIL("called"); });
  }
  REQUIRE(lane.commit(**first));
  REQUIRE(lane.write({add("b")}));
  CHECK(stored(file) == 1);
}

TEST_CASE("a transaction that asks for nothing is undone so that others go on") {
  File file(schema);
  auto database = open(file, {.idle_ms = 500});
  Lane lane(*database);
  auto idle = lane.begin();
  REQUIRE(lane.run(**idle, add("a")));
  REQUIRE(lane.write({add("b")}));  // waits for the idle one to be undone
  auto late = lane.run(**idle, add("c"));
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Code::timeout);
  CHECK_FALSE(lane.commit(**idle));
  CHECK(stored(file) == 1);
}

TEST_CASE("a transaction ends at its deadline, also in the middle of a query") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto begun = lane.begin(500);
  REQUIRE(begun);
  REQUIRE(lane.run(**begun, add("a")));
  auto late = lane.run(**begun, sql("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                    " SELECT count(*) FROM n"));
  CHECK(late.error().code == Code::timeout);
  CHECK_FALSE(lane.commit(**begun));
  REQUIRE(lane.write({add("b")}));
  CHECK(stored(file) == 1);
}

TEST_CASE("a write that never ends is stopped and others still work") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto endless = lane.write({sql("INSERT INTO t (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                                 " SELECT i + 1 FROM n) SELECT i FROM n")}, 50);
  CHECK(endless.error().code == Code::timeout);
  REQUIRE(lane.write({add("b")}));
  CHECK(stored(file) == 1);
}

// An interrupted change makes SQLite roll the whole outer transaction back: the others of its
// group were told that the store had failed.
TEST_CASE("a write that never ends takes nobody else's change with it") {
  File file(schema);
  auto database = open(file, {.group_ms = 10'000});
  Lane lane(*database);
  auto first = lane.begin();
  REQUIRE(first);
  std::vector<loop::Pending> pending;
  std::vector<std::string> answers;
  auto told = [&](std::string name) {
    return [&, name](auto result) {
      answers.push_back(name + (result ? " done" : " " + result.error().message));
      if (answers.size() == 4) lane.loop.stop();
    };
  };
  // All of these wait while the first one is open, and so share its commit.
  auto added = lane.run(**first, add("decided"));
  REQUIRE(added);
  REQUIRE(lane.run(**first, sql("SELECT id FROM t WHERE name = 'decided'")));
  pending.push_back((*first)->commit(told("transaction")));
  pending.push_back(lane.writer->write({add("before"), sql("UPDATE t SET name = name || '!'")},
                                       10'000, told("before")));
  pending.push_back(lane.writer->write(
      {sql("INSERT INTO t (name) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
           " SELECT i FROM n")},
      200, told("endless")));
  pending.push_back(lane.writer->write({add("after")}, 10'000, told("after")));
  loop::Timer guard(lane.loop, [&] { lane.loop.stop(); });
  guard.start(20'000);
  lane.loop.run();
  std::sort(answers.begin(), answers.end());
  CHECK(answers == std::vector<std::string>{"after done", "before done",
                                            "endless store: the query took too long",
                                            "transaction done"});
  CHECK(stored(file) == 3);
  CHECK(count(lane, "SELECT count(*) FROM t WHERE name IN ('decided!', 'before!', 'after')") == 3);
  CHECK(count(lane, "SELECT max(id) FROM t") == 3);
  CHECK(database->counters().transactions == 3);
}

TEST_CASE("after the commit a transaction is over") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto begun = lane.begin();
  REQUIRE(lane.commit(**begun));
  CHECK(lane.run(**begun, add("a")).error().code == Code::conflict);
  CHECK_FALSE(lane.commit(**begun));
  CHECK(stored(file) == 0);
}

TEST_CASE("another process holds the lock: writes wait for it") {
  File file(schema);
  auto database = open(file);
  auto asterisk = store::open_for_cli(file.url);
  REQUIRE((*asterisk)->script("BEGIN IMMEDIATE; INSERT INTO t (name) VALUES ('theirs')"));
  bool committed = false;  // no macro of Catch's in a second thread
  std::thread later([&] {
    while (database->counters().busy == 0) std::this_thread::yield();
    committed = (*asterisk)->script("COMMIT").ok();
  });
  Lane lane(*database);
  CHECK(lane.write({add("ours")}));
  later.join();
  CHECK(committed);
  CHECK(stored(file) == 2);
}

TEST_CASE("another process never lets go: writes fail, reads go on") {
  File file(schema);
  auto database = open(file, {.busy_ms = 100});
  auto asterisk = store::open_for_cli(file.url);
  REQUIRE((*asterisk)->script("BEGIN IMMEDIATE; INSERT INTO t (name) VALUES ('theirs')"));
  Lane lane(*database);
  CHECK(lane.write({add("ours")}).error().code == Code::unavailable);
  CHECK(lane.begin().error().code == Code::unavailable);
  CHECK(count(lane, "SELECT count(*) FROM t") == 0);
  REQUIRE((*asterisk)->script("ROLLBACK"));
  CHECK(lane.write({add("ours")}));
}

// Found: each writer waited anew for the lock that the one before had given up on, so the
// last of many heard of it only at its deadline.
TEST_CASE("writers wait for another process together, not one after the other") {
  File file(schema);
  auto database = open(file, {.busy_ms = 400});
  auto asterisk = store::open_for_cli(file.url);
  REQUIRE((*asterisk)->script("BEGIN IMMEDIATE; INSERT INTO t (name) VALUES ('theirs')"));
  Lane lane(*database);
  std::vector<loop::Pending> pending;
  int refused = 0;
  for (int i = 0; i < 10; ++i) {
    pending.push_back(lane.writer->write({add("ours")}, 60'000, [&](auto rows) {
      if (!rows && rows.error().code == Code::unavailable) ++refused;
      if (refused == 10) lane.loop.stop();
    }));
  }
  lane.loop.run();
  // The first tries for 400 ms, the others once.
  CHECK(database->counters().busy < 30);
}

TEST_CASE("nothing waits: the file's lock is free for others") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  REQUIRE(lane.write({add("a")}));
  CHECK_FALSE(lane.write({add("a")}));
  auto asterisk = store::open_for_cli(file.url);
  CHECK((*asterisk)->script("BEGIN IMMEDIATE; ROLLBACK"));
}

TEST_CASE("three lanes write at once and every row is there") {
  File file(schema);
  auto database = open(file);
  std::atomic<int> good{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      Lane lane(*database);
      for (int i = 0; i < 30; ++i) {
        std::string name = std::to_string(t) + "-" + std::to_string(i);
        bool ok = false;
        std::unique_ptr<store::Transaction> open;
        loop::Pending step;
        auto stop = [&](auto result) {
          ok = result.ok();
          lane.loop.stop();
        };
        if (i % 2) {
          step = lane.writer->write({add(name)}, 10'000, stop);
        } else {
          step = lane.writer->begin(10'000, [&](auto begun) {
            open = std::move(*begun);
            step = open->run(add(name), {}, [&](auto) { step = open->commit(stop); });
          });
        }
        lane.loop.run();
        good += ok;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(good == 90);
  CHECK(stored(file) == 90);
}

TEST_CASE("the store closes while transactions are open and waiting") {
  File file(schema);
  auto database = open(file);
  auto lane = std::make_unique<Lane>(*database);
  auto begun = lane->begin();
  REQUIRE(lane->run(**begun, add("a")));
  auto waiting = lane->writer->write({add("b")}, 10'000, [](auto) {});
  waiting = {};
  begun->reset();
  lane.reset();
  database.reset();
  CHECK(stored(file) == 0);
}
