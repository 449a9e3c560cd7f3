#include "loop/timer.h"

#include <catch2/catch.hpp>

#include <chrono>
#include <optional>
#include <vector>

#include "support/turn.h"

using namespace host;
using loop::Deadlines;
using loop::Loop;
using loop::Timer;
using test::turn_for;
using test::turn_until;

TEST_CASE("timer: fires, repeats, restarts, stops") {
  Loop loop;
  int fired = 0;
  Timer timer(loop, [&] { ++fired; });
  timer.start(1, 1);
  REQUIRE(turn_until(loop, [&] { return fired >= 3; }));
  timer.stop();
  int now = fired;
  turn_for(loop, 10);
  CHECK(fired == now);
  timer.start(1);
  REQUIRE(turn_until(loop, [&] { return fired == now + 1; }));
  turn_for(loop, 10);
  CHECK(fired == now + 1);
}

TEST_CASE("timer: destroyed armed, or inside its own callback") {
  Loop loop;
  bool fired = false;
  { Timer(loop, [&] { fired = true; }).start(0); }
  turn_for(loop, 5);
  CHECK_FALSE(fired);
  std::optional<Timer> timer;
  timer.emplace(loop, [&] {
    timer.reset();
    fired = true;
  });
  timer->start(0, 1);
  turn_until(loop, [&] { return fired; });
  turn_for(loop, 5);
  CHECK(fired);
}

TEST_CASE("deadlines: never early, late by at most a little, in order") {
  Loop loop;
  Deadlines deadlines(loop);
  auto begin = std::chrono::steady_clock::now();
  std::vector<int> order;
  std::vector<loop::Pending> pending;
  std::vector<long> took;
  for (int ms : {120, 40, 80}) {
    pending.push_back(deadlines.after(static_cast<std::uint64_t>(ms), [&, ms] {
      order.push_back(ms);
      took.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(
                         std::chrono::steady_clock::now() - begin).count() - ms);
    }));
  }
  REQUIRE(turn_until(loop, [&] { return order.size() == 3; }));
  CHECK(order == std::vector<int>{40, 80, 120});
  for (long late : took) CHECK(late >= -1);  // the loop's clock is cut to milliseconds
}

TEST_CASE("deadlines: dropped ones do not fire, whatever drops them") {
  Loop loop;
  Deadlines deadlines(loop);
  int fired = 0;
  std::vector<loop::Pending> pending(3);
  // All are due in the same tick; the first drops itself and the second.
  pending[0] = deadlines.after(1, [&] {
    ++fired;
    pending[0] = loop::Pending();
    pending[1] = loop::Pending();
  });
  pending[1] = deadlines.after(1, [&] { fired += 100; });
  pending[2] = deadlines.after(1, [&] {
    ++fired;
    pending[2] = deadlines.after(1, [&] { fired += 10; });
  });
  REQUIRE(turn_until(loop, [&] { return fired == 12; }));
}

TEST_CASE("deadlines: a Pending may outlive the wheel") {
  Loop loop;
  loop::Pending pending;
  {
    Deadlines deadlines(loop);
    pending = deadlines.after(1, [] { FAIL("the wheel is gone"); });
  }
  turn_for(loop, 40);
  pending = loop::Pending();
}

TEST_CASE("deadlines: a thousand, half of them dropped") {
  Loop loop;
  Deadlines deadlines(loop);
  int fired = 0;
  std::vector<loop::Pending> pending;
  for (int i = 0; i < 1000; ++i) {
    pending.push_back(deadlines.after(static_cast<std::uint64_t>(i % 60), [&] { ++fired; }));
  }
  for (int i = 0; i < 1000; i += 2) pending[static_cast<std::size_t>(i)] = loop::Pending();
  REQUIRE(turn_until(loop, [&] { return fired == 500; }));
  turn_for(loop, 30);
  CHECK(fired == 500);
}

TEST_CASE("after: once, or not at all") {
  Loop loop;
  int fired = 0;
  auto one = loop::after(loop, 1, [&] { ++fired; });
  { auto two = loop::after(loop, 1, [&] { fired += 100; }); }
  REQUIRE(turn_until(loop, [&] { return fired == 1; }));
  auto self = std::make_unique<loop::Pending>();
  *self = loop::after(loop, 1, [&] {
    self.reset();
    ++fired;
  });
  REQUIRE(turn_until(loop, [&] { return fired == 2; }));
}
