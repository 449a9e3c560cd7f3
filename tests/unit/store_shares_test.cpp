#include "store/shares.h"

#include <catch2/catch.hpp>

#include <vector>

#include "loop/loop.h"

using host::store::Shares;

// Found: a read-only key of one tenant took all 32 exports, and the others got an error for 60 s.
TEST_CASE("shares: one key does not take its tenant's exports, nor a tenant all of them") {
  Shares shares({.all = 6, .tenant = 3, .key = 2});
  std::vector<std::shared_ptr<void>> held;
  auto takes = [&](const char* tenant, const char* key) {
    auto share = shares.take(tenant, key);
    if (share) held.push_back(*share);
    return static_cast<bool>(share);
  };
  CHECK(takes("DEMO", "key=1"));
  CHECK(takes("DEMO", "key=1"));
  CHECK_FALSE(takes("DEMO", "key=1"));
  CHECK(takes("DEMO", "key=2"));
  CHECK_FALSE(takes("DEMO", "key=3"));
  CHECK(takes("OTHER", "key=4"));
  CHECK(takes("", "key=5"));
  CHECK(takes("", ""));
  auto refused = shares.take("THIRD", "key=6");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == host::base::Code::unavailable);
  auto counters = shares.counters();
  CHECK(counters.open == 6);
  CHECK(counters.refused[static_cast<std::size_t>(Shares::Bound::key)] == 1);
  CHECK(counters.refused[static_cast<std::size_t>(Shares::Bound::tenant)] == 1);
  CHECK(counters.refused[static_cast<std::size_t>(Shares::Bound::all)] == 1);
  held.clear();
  CHECK(shares.counters().open == 0);

  int cut = 0;
  for (int i = 0; i < 2; ++i) held.push_back(*shares.take("DEMO", "", [&cut] { ++cut; }));
  CHECK_FALSE(shares.cut_oldest(60'000));
  CHECK(shares.cut_oldest(0));
  CHECK(shares.cut_oldest(0));
  CHECK_FALSE(shares.cut_oldest(0));  // each once
  CHECK(cut == 2);
  held.clear();
  for (int i = 0; i < 3; ++i) CHECK(takes("DEMO", ""));
  CHECK_FALSE(takes("DEMO", ""));
}

// Found: two clients whose exports follow each other kept the log from ever beginning anew once it was too large, and
// each export was cut after five seconds, for a quarter of an hour.
TEST_CASE("shares: while the log is too large and grows, new exports wait until it is small") {
  host::loop::Loop loop;
  Shares shares({.all = 3, .tenant = 3, .key = 3, .wait_ms = 60'000});
  int cut = 0;
  auto first = *shares.take("DEMO", "", [&cut] { ++cut; });
  auto second = *shares.take("DEMO", "", [&cut] { ++cut; });
  shares.log_is(50, 100, 0);
  CHECK(cut == 0);
  shares.log_is(150, 100, 0);
  CHECK(cut == 2);  // both, and not one with each look
  auto refused = shares.take("OTHER", "");
  REQUIRE_FALSE(refused);
  CHECK(shares.counters().refused[static_cast<std::size_t>(Shares::Bound::log)] == 1);

  bool let_in = false;
  host::loop::Pending waiting;
  auto taken = shares.take_in_turn(loop, "OTHER", "", nullptr, 60'000, [&](Shares::Taken it) { let_in = it.ok(); }, waiting);
  CHECK_FALSE(taken);
  first.reset();
  second.reset();
  shares.log_is(160, 100, 0);
  CHECK_FALSE(shares.take("OTHER", ""));  // it still grows
  shares.log_is(90, 100, 0);
  for (int i = 0; i < 5; ++i) loop.poll();
  CHECK(let_in);
  CHECK(shares.take("OTHER", "").ok());
}

TEST_CASE("shares: a large log that nobody writes to any more keeps no export waiting") {
  Shares shares({.all = 3, .tenant = 3, .key = 3});
  int cut = 0;
  auto held = *shares.take("DEMO", "", [&cut] { ++cut; });
  shares.log_is(150, 100, 60'000);
  CHECK(cut == 0);  // it has just begun
  CHECK_FALSE(shares.take("DEMO", ""));
  shares.log_is(150, 100, 0);
  CHECK(cut == 1);
  CHECK_FALSE(shares.take("DEMO", ""));
  held.reset();
  shares.log_is(150, 100, 0);
  CHECK(shares.take("DEMO", "").ok());
}

// Found: on a busy machine five lists at once of one key were answered 503, because each came from a reader thread.
TEST_CASE("shares: who comes beyond waits his turn, in order, and not for ever") {
  host::loop::Loop loop;
  Shares shares({.all = 3, .tenant = 3, .key = 1, .wait_ms = 50});
  std::string order;
  struct One {
    std::optional<Shares::Taken> taken;
    host::loop::Pending waiting;
  };
  auto ask = [&](One& one, const char* key, char name, std::uint64_t ms = 60'000) {
    one.taken = shares.take_in_turn(loop, "DEMO", key, nullptr, ms, [&one, &order, name](Shares::Taken taken) {
      order += taken ? name : '-';
      one.taken = std::move(taken);
    }, one.waiting);
  };
  auto turn = [&] { for (int i = 0; i < 5; ++i) loop.poll(); };
  One first, second, third, other, impatient;
  ask(first, "key=1", 'a');
  REQUIRE((first.taken && *first.taken));
  ask(second, "key=1", 'b');
  ask(third, "key=1", 'c');
  ask(other, "key=2", 'd');  // nobody waits for another key's turn
  CHECK((other.taken && *other.taken));
  CHECK_FALSE(second.taken);
  ask(impatient, "key=1", 'e', 0);
  REQUIRE((impatient.taken && !*impatient.taken));
  CHECK(shares.counters().waiting == 2);
  first.taken.reset();
  turn();
  CHECK(order == "b");
  second.taken.reset();
  turn();
  CHECK(order == "bc");
  CHECK(shares.counters().waiting == 0);

  // One that leaves is passed over; one that has waited long enough hears so.
  One gone, late;
  ask(gone, "key=1", 'g');
  ask(late, "key=1", 'h');
  gone.waiting = {};
  while (order.size() < 3) loop.poll();
  CHECK(order == "bc-");
  CHECK(late.taken->error().message == "Too many exports of this key are running.");
  CHECK(shares.counters().waiting == 0);
  // A share on its way to one who leaves comes back.
  One leaving;
  ask(leaving, "key=1", 'l');
  third.taken.reset();
  leaving.waiting = {};
  turn();
  other.taken.reset();
  CHECK(shares.counters().open == 0);
}
