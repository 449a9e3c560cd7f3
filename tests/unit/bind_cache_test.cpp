#include "bind/cache.h"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>
#include <vector>

#include "support/bare_state.h"

using namespace host;
using bind::SharedCache;

// The clock of these tests; SharedCache takes a plain function.
static std::atomic<std::uint64_t> test_now{1000};
static std::uint64_t test_clock() { return test_now; }

TEST_CASE("cache: a value lives as long as it was put for") {
  SharedCache cache({}, test_clock);
  CHECK_FALSE(cache.get("a"));
  cache.put("a", "1", 100);
  CHECK(cache.get("a") == "1");
  test_now += 99;
  CHECK(cache.get("a") == "1");
  test_now += 1;
  CHECK_FALSE(cache.get("a"));
  CHECK(cache.entries() == 0);
  cache.put("a", "1", 100);
  cache.put("a", "22", 100);
  CHECK(cache.get("a") == "22");
  cache.remove("a");
  CHECK_FALSE(cache.get("a"));
  CHECK(cache.bytes() == 0);
}

TEST_CASE("cache: a claim succeeds once until it ends") {
  SharedCache cache({}, test_clock);
  CHECK(cache.claim("a", "1", 100));
  CHECK_FALSE(cache.claim("a", "2", 100));
  CHECK(cache.get("a") == "1");
  test_now += 100;
  CHECK(cache.claim("a", "3", 100));
  CHECK(cache.get("a") == "3");
}

TEST_CASE("cache: a window forgets what is older") {
  SharedCache cache({}, test_clock);
  CHECK(cache.count("a", 1000, 0) == 0);
  CHECK(cache.count("a", 1000, 1) == 1);
  test_now += 500;
  CHECK(cache.count("a", 1000, 1) == 2);
  CHECK(cache.count("a", 1000, 0) == 2);
  // Never early, and late by a 32nd at most.
  test_now += 499;
  CHECK(cache.count("a", 1000, 0) == 2);
  test_now += 64;
  CHECK(cache.count("a", 1000, 0) == 1);
  test_now += 100000;
  CHECK(cache.count("a", 1000, 0) == 0);
  CHECK(cache.count("a", 5000, 1) == 1);
  CHECK(cache.count("a", 1000, 0) == 0);
  cache.remove("a");
  CHECK(cache.count("a", 5000, 0) == 0);
  CHECK(cache.bytes() == 0);
}

TEST_CASE("cache: a counter and a value share a name") {
  SharedCache cache({}, test_clock);
  cache.count("a", 1000, 1);
  cache.put("a", "x", 10);
  test_now += 20;
  CHECK_FALSE(cache.get("a"));
  CHECK(cache.count("a", 1000, 0) == 1);
}

TEST_CASE("cache: the least recently used go first") {
  SharedCache cache({.entries = 160, .bytes = 64 << 20}, test_clock);
  cache.put("keep", "x", 1000000);
  for (int i = 0; i < 5000; ++i) {
    cache.put("n" + std::to_string(i), "v", 1000000);
    REQUIRE(cache.get("keep") == "x");
  }
  CHECK(cache.entries() <= 160);
  SharedCache small({.entries = 100000, .bytes = 1 << 20}, test_clock);
  for (int i = 0; i < 200; ++i) small.put("n" + std::to_string(i), std::string(20000, 'v'), 1000000);
  CHECK(small.bytes() <= 1 << 20);
  CHECK(small.entries() > 10);
}

TEST_CASE("cache: threads share it") {
  SharedCache cache({}, test_clock);
  std::atomic<int> claimed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        if (cache.claim("c" + std::to_string(i), "x", 100000)) ++claimed;
        cache.count("all", 100000, 1);
        cache.get("c" + std::to_string(999 - i));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(claimed == 1000);
  CHECK(cache.count("all", 100000, 0) == 4000);
}

TEST_CASE("cache: the module") {
  tests::BareState lua(bind::open_cache);
  CHECK(lua.run("return require('cache').get('a')") ==
        "raised: cache.get: not while scripts are checked");
  SharedCache cache({}, test_clock);
  lua.services().cache = &cache;
  auto run = [&](const std::string& code) { return lua.run("local cache = require 'cache' " + code); };
  CHECK(run("cache.put('a', 'b\\0c', 5) return #cache.get('a')") == "3");
  CHECK(run("cache.remove('a') return cache.get('a')") == "");
  CHECK(run("return cache.count('k', 60)") == "1");
  CHECK(run("return cache.count('k', 60)") == "2");
  CHECK(run("return cache.counted('k', 60)") == "2");
  CHECK(run("return cache.claim('once', '1')") == "true");
  CHECK(run("return cache.claim('once', '1')") == "false");
  CHECK(run("cache.put('a', ('x'):rep(65537))").find("raised: ") == 0);
  CHECK(run("cache.put('a', 'x', 0)").find("raised: ") == 0);
  CHECK(run("cache.put('a', 'x', 0/0)").find("raised: ") == 0);
  CHECK(run("cache.put('', 'x')").find("raised: ") == 0);
}
