#include "store/sqlite/reader.h"

#include "store_fixture.h"

using namespace store_test;
using base::Code;

namespace {

constexpr const char* schema =
    "CREATE TABLE phone (id INTEGER PRIMARY KEY, tenant INTEGER, number TEXT);"
    "CREATE INDEX i_phone ON phone (tenant);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5000)"
    " INSERT INTO phone SELECT i, i % 2, 'n' || i FROM n;";

std::unique_ptr<store::Database> open(const File& file, store::Settings settings = {}) {
  auto opened = store::open(file.url, settings);
  REQUIRE(opened);
  return std::move(*opened);
}

}  // namespace
TEST_CASE("a look-up answers in the same call, a scan does not") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto found = lane.reader->try_inline(sql("SELECT number FROM phone WHERE id = ?", {number(7)}), {});
  REQUIRE(found);
  REQUIRE(*found);
  CHECK((*found)->text(0, 0) == "n7");
  CHECK_FALSE(lane.reader->try_inline(sql("SELECT count(*) FROM phone"), {}));
  auto wrong = lane.reader->try_inline(sql("SELECT nothing FROM phone"), {});
  REQUIRE(wrong);
  CHECK(wrong->error().code == Code::invalid);
  CHECK(database->counters().reads_inline == 1);
}

TEST_CASE("an indexed read of too many rows goes to a thread, and is remembered") {
  File file(schema);
  auto database = open(file, {.inline_us = 10'000'000, .inline_rows = 100});
  Lane lane(*database);
  auto all = sql("SELECT * FROM phone WHERE tenant = ?", {number(1)});
  CHECK_FALSE(lane.reader->try_inline(all, {}));
  CHECK_FALSE(lane.reader->try_inline(all, {}));
  CHECK(database->counters().reads_too_long == 1);
  auto rows = lane.query(all);
  REQUIRE(rows);
  CHECK(rows->size() == 2500);
  // The lane's next read is not disturbed by the one that was stopped.
  CHECK(lane.reader->try_inline(sql("SELECT 1 FROM phone WHERE id = 1"), {}));
}

TEST_CASE("a read right after a commit sees it, in the same turn of the loop") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto look = sql("SELECT number FROM phone WHERE id = 1");
  bool seen = false;
  auto pending = lane.loop.later([&] {
    // Opens this turn's snapshot; the commit happens while it is open.
    REQUIRE(lane.reader->try_inline(look, {}));
    {
      Lane other(*database);
      REQUIRE(other.write({sql("UPDATE phone SET number = 'new' WHERE id = 1")}));
    }
    auto now = lane.reader->try_inline(look, {});
    seen = now && now->ok() && (*now)->text(0, 0) == "new";
    lane.loop.stop();
  });
  lane.loop.run();
  CHECK(seen);
}

TEST_CASE("what another process wrote is seen on the next turn") {
  File file(schema);
  auto database = open(file);
  Lane lane(*database);
  auto look = sql("SELECT number FROM phone WHERE id = 2");
  CHECK((*lane.reader->try_inline(look, {}))->text(0, 0) == "n2");
  auto asterisk = store::open_for_cli(file.url);
  REQUIRE((*asterisk)->run(sql("UPDATE phone SET number = 'theirs' WHERE id = 2")));
  lane.loop.poll();
  CHECK((*lane.reader->try_inline(look, {}))->text(0, 0) == "theirs");
}
