#include "store/copy.h"

#include "store_fixture.h"

using namespace store_test;
using base::Code;

namespace {

constexpr const char* schema =
    "CREATE TABLE phone (id INTEGER PRIMARY KEY AUTOINCREMENT, number VARCHAR(40), seen DATETIME, price DECIMAL(10,2), sound BLOB);"
    "CREATE TABLE pair (a VARCHAR(20) NOT NULL, b INTEGER NOT NULL, note TEXT, PRIMARY KEY (a, b));"
    "CREATE TABLE loose (x TEXT);";

void fill(const Place& place) {
  auto store = place.outside();
  REQUIRE(store->script(
      "INSERT INTO phone (id, number, seen, price) VALUES (9, '0800', '2024-02-29 12:00:00', 1.5), (10, 'ä', NULL, 2),"
      " (100, '', NULL, 0);"
      "INSERT INTO pair VALUES ('b', 10, 'one'), ('b', 9, 'two'), ('B', 1, NULL), ('', 0, '');"
      "INSERT INTO loose VALUES ('same'), ('same'), (NULL);"));
  REQUIRE(store->run(sql("INSERT INTO phone (id, sound) VALUES (1000, ?)", {store::Blob{std::string("\0\xff", 2)}})));
}

base::Result<std::vector<store::CopiedTable>> copy(const Place& from, const Place& to) {
  return store::copy(from.url, to.url, [](const store::CopiedTable&, bool) {});
}

std::uint64_t written(const std::vector<store::CopiedTable>& tables, const std::string& name) {
  for (const auto& table : tables) {
    if (table.name == name) return table.added + table.changed + table.removed;
  }
  FAIL(name);
  return 0;
}

}  // namespace

TEST_CASE("a store becomes what another one is, and a second run finds nothing to do") {
  Place from(GENERATE(from_range(engines)), schema), to(GENERATE(from_range(engines)), schema);
  fill(from);
  auto first = copy(from, to);
  if (!first) FAIL(first.error().message);
  CHECK(written(*first, "phone") == 4);
  CHECK(written(*first, "pair") == 4);
  auto a = from.outside(), b = to.outside();
  for (const char* text : {"SELECT * FROM phone ORDER BY id", "SELECT * FROM pair ORDER BY a, b", "SELECT x FROM loose ORDER BY x"}) {
    auto ours = a->run(sql(text)), theirs = b->run(sql(text));
    REQUIRE(ours);
    REQUIRE(theirs);
    REQUIRE(ours->size() == theirs->size());
    for (std::size_t row = 0; row < ours->size(); ++row) {
      for (std::size_t column = 0; column < ours->width(); ++column) CHECK(ours->text(row, column) == theirs->text(row, column));
    }
  }
  auto second = copy(from, to);
  REQUIRE(second);
  CHECK(written(*second, "phone") == 0);
  CHECK(written(*second, "pair") == 0);
  // A new row of the target gets a number that is free.
  auto made = b->run(sql("INSERT INTO phone (number) VALUES ('new')"));
  REQUIRE(made);
  CHECK(made->last_id == 1001);
}

TEST_CASE("only what differs is written: a run that was cut short is finished") {
  Place from("sqlite", schema), to("mariadb", schema);
  fill(from);
  REQUIRE(copy(from, to));
  auto ours = from.outside(), theirs = to.outside();
  REQUIRE(ours->script("UPDATE phone SET number = '0900' WHERE id = 9; DELETE FROM pair WHERE a = 'B'"));
  REQUIRE(theirs->script("DELETE FROM phone WHERE id = 10; INSERT INTO pair VALUES ('zz', 1, 'extra')"));
  auto again = copy(from, to);
  REQUIRE(again);
  CHECK(written(*again, "phone") == 2);
  CHECK(written(*again, "pair") == 2);
  CHECK(theirs->run(sql("SELECT number FROM phone WHERE id = 9"))->text(0, 0) == "0900");
  CHECK(theirs->run(sql("SELECT count(*) FROM pair"))->text(0, 0) == "3");
}

// SQLite keeps what it is given.
TEST_CASE("a value that the target cannot hold is named, an empty one becomes nothing") {
  Place from("sqlite", schema), to("mariadb", schema);
  REQUIRE(from.outside()->script("INSERT INTO phone (id, number, seen) VALUES (1, 'x', '')"));
  REQUIRE(copy(from, to));
  CHECK(to.outside()->run(sql("SELECT seen FROM phone WHERE id = 1"))->cell(0, 0).kind == store::Kind::null);
  REQUIRE(from.outside()->script("INSERT INTO phone (id, number, seen) VALUES (7, 'x', 'yesterday')"));
  auto refused = copy(from, to);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::invalid);
  CHECK(refused.error().message.find("phone 7") != std::string::npos);
}

TEST_CASE("stores of different schemas are not copied") {
  Place from("sqlite", schema), to("sqlite", "CREATE TABLE phone (id INTEGER PRIMARY KEY);");
  auto refused = copy(from, to);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::conflict);
}
