#include "store/sqlite/writer.h"

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
