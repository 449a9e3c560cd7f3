#include "store/shares.h"

#include <catch2/catch.hpp>

#include <vector>

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
