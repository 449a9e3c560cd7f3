#include "loop/poll.h"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <optional>

#include "support/turn.h"

using namespace host;
using test::turn_for;
using test::turn_until;

TEST_CASE("poll: tells what is asked, and nothing after its end") {
  loop::Loop loop;
  int ends[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
  int readable = 0;
  int writable = 0;
  std::optional<loop::Poll> poll;
  poll.emplace(loop, ends[0], [&](bool in, bool out) {
    readable += in;
    writable += out;
  });
  poll->watch(true, false);
  turn_for(loop, 5);
  CHECK(readable == 0);
  CHECK(writable == 0);
  REQUIRE(::write(ends[1], "x", 1) == 1);
  REQUIRE(turn_until(loop, [&] { return readable > 0; }));
  CHECK(writable == 0);
  poll->watch(false, true);
  REQUIRE(turn_until(loop, [&] { return writable > 0; }));
  poll->watch(false, false);
  int before = readable + writable;
  turn_for(loop, 5);
  CHECK(readable + writable == before);
  poll->watch(true, true);
  poll.reset();
  ::close(ends[0]);
  ::close(ends[1]);
  turn_for(loop, 5);
  CHECK(readable + writable == before);
}
