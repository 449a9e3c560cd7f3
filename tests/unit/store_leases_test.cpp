#include "store/leases.h"

#include "store_fixture.h"

using namespace host;
using store::Leases;
using namespace store_test;

namespace {
constexpr std::string_view tables =
    "CREATE TABLE ho_hosts (ho_id VARCHAR(40) NOT NULL PRIMARY KEY, ho_name VARCHAR(191) NOT NULL, ho_beat BIGINT NOT NULL);"
    "CREATE TABLE le_leases (le_name VARCHAR(191) NOT NULL PRIMARY KEY, le_host VARCHAR(40) NOT NULL,"
    " le_token BIGINT NOT NULL, le_used BIGINT NOT NULL);"
    "CREATE TABLE t (name VARCHAR(40))";

// A host whose clock the test turns.
struct Host {
  Host(const Place& place, const char* name) : store(place.outside()), leases(name, name, {}, [this] { return now; }) {}

  // The term of the one lease there is; 0: another host's.
  std::int64_t look(std::uint64_t later, std::set<std::string> wanted = {"job"}) {
    now += later;
    auto seen = leases.look(*store, wanted);
    if (!seen) FAIL(seen.error().message);
    holder = seen->empty() ? "" : seen->begin()->second.holder;
    return seen->empty() ? 0 : seen->begin()->second.term;
  }

  std::uint64_t now = 1'000'000;
  std::unique_ptr<store::Direct> store;
  Leases leases;
  std::string holder;
};
}  // namespace

TEST_CASE("one of two hosts has a lease, and the other takes it five seconds after its last beat") {
  Place place(GENERATE(from_range(engines)), tables);
  Host one(place, "one"), two(place, "two");
  CHECK(one.look(0) == 1);
  CHECK(one.leases.valid_until() == one.now + 4000);
  CHECK(two.look(0) == 0);
  CHECK(two.holder == "one");
  for (int second = 0; second < 20; ++second) {
    CHECK(one.look(1000) == 1);
    CHECK(two.look(1000) == 0);
  }
  // It is silent from here on.
  for (int second = 1; second < 5; ++second) CHECK(two.look(1000) == 0);
  CHECK(two.look(1000) == 2);
  // It wakes up: its lease is gone, and it is there to take over.
  CHECK(one.look(60'000) == 0);
  CHECK(one.holder == "two");
  for (int second = 0; second < 5; ++second) one.look(1000);
  CHECK(one.look(1000) == 3);
}

TEST_CASE("a host that heard nothing itself calls nobody silent") {
  Place place("sqlite", tables);
  Host one(place, "one"), two(place, "two");
  CHECK(one.look(0) == 1);
  CHECK(two.look(0) == 0);
  // The store was away for all of them, or this one was asleep.
  CHECK(two.look(60'000) == 0);
  CHECK(two.look(1000) == 0);
  CHECK(one.look(60'000) == 1);
}

TEST_CASE("what is given back is taken at the next look, and what is not wanted is given back") {
  Place place("sqlite", tables);
  Host one(place, "one"), two(place, "two");
  CHECK(one.look(0, {"a", "job"}) == 1);
  CHECK(two.look(0, {"a"}) == 0);
  CHECK(one.look(1000) == 1);
  CHECK(two.look(1000, {"a"}) == 2);
  CHECK(two.look(1000) == 0);
  CHECK(one.leases.release(*one.store));
  CHECK(one.leases.valid_until() == 0);
  CHECK(two.look(1000) == 2);
  auto hosts = place.outside()->run({"SELECT ho_id FROM ho_hosts", {}, {}});
  REQUIRE(hosts);
  CHECK(hosts->size() == 1);
}

TEST_CASE("the rows of hosts that are gone go too") {
  Place place("sqlite", tables);
  Host one(place, "one"), two(place, "two");
  one.look(0);
  for (int second = 0; second < 62; ++second) two.look(1000);
  auto hosts = place.outside()->run({"SELECT ho_id FROM ho_hosts", {}, {}});
  REQUIRE(hosts);
  REQUIRE(hosts->size() == 1);
  CHECK(hosts->text(0, 0) == "two");
  CHECK(one.look(90'000) == 0);  // and comes back
}

TEST_CASE("nothing is written behind the fence of a term that is over") {
  Place place(GENERATE(from_range(engines)), tables);
  Host one(place, "one"), two(place, "two");
  REQUIRE(one.look(0) == 1);
  auto database = place.open();
  Lane lane(*database);
  auto write = [&](std::int64_t term) {
    auto done = lane.wait<std::vector<store::Rows>>([&](auto then) {
      return lane.writer->write({sql("INSERT INTO t VALUES ('x')")}, 10'000, then, store::fence("job", term));
    });
    return std::string(done ? "" : done.error().kind);
  };
  auto begin = [&](std::int64_t term) {
    auto begun = lane.wait<std::unique_ptr<store::Transaction>>([&](auto then) {
      return lane.writer->begin(10'000, then, store::fence("job", term));
    });
    return std::string(begun ? "" : begun.error().kind);
  };
  CHECK(write(1) == "");
  CHECK(begin(1) == "");
  for (int second = 0; second < 7; ++second) two.look(1000);
  CHECK(write(1) == "fenced");
  CHECK(begin(1) == "fenced");
  CHECK(write(2) == "");
  auto rows = place.outside()->run({"SELECT count(*) FROM t", {}, {}});
  REQUIRE(rows);
  CHECK(rows->text(0, 0) == "2");
}
