#include "loop/worker.h"

#include <catch2/catch.hpp>

#include <thread>

#include "support/turn.h"

using namespace host;
using test::turn_until;

TEST_CASE("worker: jobs run in order off the loop's thread, results on it") {
  loop::Loop loop;
  loop::Worker worker("test");
  auto here = std::this_thread::get_id();
  std::vector<int> results;
  std::vector<loop::Pending> pending;
  bool elsewhere = true;
  bool back = true;
  for (int i = 0; i < 10; ++i) {
    pending.push_back(worker.run(
        loop, [&, i] { elsewhere &= std::this_thread::get_id() != here; return i * i; },
        [&](int result) {
          back &= std::this_thread::get_id() == here;
          results.push_back(result);
        }));
  }
  REQUIRE(turn_until(loop, [&] { return results.size() == 10; }));
  CHECK(results == std::vector<int>{0, 1, 4, 9, 16, 25, 36, 49, 64, 81});
  CHECK(elsewhere);
  CHECK(back);
}

TEST_CASE("worker: a dropped result is forgotten, its job still runs") {
  loop::Loop loop;
  std::atomic<int> ran = 0;
  bool told = false;
  {
    loop::Worker worker("test");
    auto dropped = worker.run(loop, [&] { return ++ran; }, [&](int) { told = true; });
    dropped = loop::Pending();
    for (int i = 0; i < 5; ++i) worker.submit([&] { ++ran; });
  }  // joins after what is queued
  CHECK(ran == 6);
  loop.poll();
  CHECK_FALSE(told);
}
