#include "loop/loop.h"

#include <catch2/catch.hpp>

#include <thread>

#include "loop/timer.h"

using namespace host;
using loop::Loop;

TEST_CASE("loop: posted work runs in order, on a later turn") {
  Loop loop;
  std::string order;
  loop.post([&] {
    order += 'a';
    loop.post([&] { order += 'c'; });
  });
  loop.post([&] { order += 'b'; });
  CHECK(order.empty());
  for (int i = 0; i < 5; ++i) loop.poll();
  CHECK(order == "abc");
}

TEST_CASE("loop: other threads post into a running loop") {
  Loop loop;
  int sum = 0;
  std::thread other([&] {
    for (int i = 1; i <= 1000; ++i) loop.post([&sum, i] { sum += i; });
    loop.post([&] { loop.stop(); });
  });
  loop.run();
  other.join();
  CHECK(sum == 500500);
}

TEST_CASE("loop: later is cancelled by dropping it") {
  Loop loop;
  int ran = 0;
  auto kept = loop.later([&] { ++ran; });
  { auto dropped = loop.later([&] { ran += 100; }); }
  for (int i = 0; i < 3; ++i) loop.poll();
  CHECK(ran == 1);
}

TEST_CASE("loop: a Pending may be destroyed inside its own callback") {
  Loop loop;
  bool ran = false;
  loop::Pending pending;
  auto witness = std::make_shared<int>(1);
  pending = loop.later([&, witness] {
    pending = loop::Pending();
    ran = *witness == 1;  // the captures outlive the Pending
  });
  for (int i = 0; i < 3; ++i) loop.poll();
  CHECK(ran);
}

TEST_CASE("loop: work that never ran is destroyed with the loop") {
  auto witness = std::make_shared<int>(1);
  {
    Loop loop;
    loop.post([witness] {});
    CHECK(witness.use_count() == 2);
  }
  CHECK(witness.use_count() == 1);
}

TEST_CASE("loop: turn ends are told") {
  Loop loop;
  int turns = 0;
  loop.at_turn_end([&] { ++turns; });
  loop.poll();
  loop.poll();
  CHECK(turns >= 2);
}

TEST_CASE("loop: a turn ends between I/O and the timers of the next round") {
  // Timers run before libuv's prepare handles, so a timer saw the store as it had been
  // when the callback before it read.
  Loop loop;
  bool open = false;
  bool stale = true;
  loop.at_turn_end([&] { open = false; });
  loop::Timer timer(loop, [&] { stale = open; });
  loop.post([&] {
    open = true;
    timer.start(0);
  });
  for (int i = 0; i < 3; ++i) loop.poll();
  CHECK_FALSE(stale);
}

TEST_CASE("pending: cancels once, when dropped or replaced") {
  int cancelled = 0;
  {
    loop::Pending first = loop::Pending::cancelled_by([&] { ++cancelled; });
    loop::Pending second = std::move(first);
    CHECK_FALSE(first);
    CHECK(second);
    CHECK(cancelled == 0);
    second = loop::Pending();
    CHECK(cancelled == 1);
  }
  CHECK(cancelled == 1);
}
