#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/log.h"
#include "base/outlet.h"

using host::base::Outlet;

namespace {
struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  // Everything that is in it now.
  std::string text() {
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    std::string all;
    char bytes[65536];
    for (ssize_t count; (count = ::read(ends[0], bytes, sizeof bytes)) > 0;) {
      all.append(bytes, static_cast<std::size_t>(count));
    }
    return all;
  }
  int ends[2];
};

std::string line(int number) { return "line " + std::to_string(number) + " " + std::string(80, '.') + "\n"; }
}  // namespace

// Found: a log pipe that nobody read stopped the host after 460 requests.
TEST_CASE("outlet: a pipe that nobody reads takes what it can and stops nobody") {
  Pipe pipe;  // it blocks
  Outlet outlet;
  outlet.open(pipe.ends[1], 100'000);
  for (int i = 0; i < 5000; ++i) outlet.write(line(i));
  CHECK(outlet.dropped() > 2000);
  CHECK(outlet.untold() == 0);  // not yet: it would be dropped itself

  // Whole lines, in order, from the first to the last that was kept.
  std::string all = pipe.text();
  for (int round = 0; round < 10; ++round) {
    outlet.flush();
    all += pipe.text();
  }
  std::string expected;
  for (int i = 0; i < 5000 - static_cast<int>(outlet.dropped()); ++i) expected += line(i);
  CHECK(all == expected);
  CHECK(outlet.untold() == outlet.dropped());
  CHECK(outlet.untold() == 0);
  outlet.write("again\n");
  CHECK(pipe.text() == "again\n");
}

TEST_CASE("outlet: a pipe without a reader is no reason to keep anything") {
  ::signal(SIGPIPE, SIG_IGN);
  Pipe pipe;
  Outlet outlet;
  outlet.open(pipe.ends[1], 100'000);
  ::close(pipe.ends[0]);
  for (int i = 0; i < 1000; ++i) outlet.write(line(i));
  outlet.drain(50);
  CHECK(outlet.dropped() == 0);
}

TEST_CASE("outlet: a file is written to directly") {
  char path[] = "/tmp/patchbay-outlet-XXXXXX";
  int file = ::mkstemp(path);
  REQUIRE(file >= 0);
  Outlet outlet;
  outlet.open(file, 10);
  std::string long_line(300'000, 'x');
  outlet.write(long_line);
  char byte = 0;
  CHECK(::pread(file, &byte, 1, 299'999) == 1);
  ::close(file);
  ::unlink(path);
}

TEST_CASE("the log says how many lines nobody read") {
  namespace logs = host::base::log;
  Pipe pipe;
  logs::configure({logs::Level::info, false, pipe.ends[1], false, 1024, 64 * 1024});
  for (int i = 0; i < 3000; ++i) logs::info("a", std::string(80, '.'));
  CHECK(logs::dropped() > 0);
  std::string all = pipe.text();
  for (int i = 0; i < 10; ++i) {
    logs::flush();
    all += pipe.text();
  }
  logs::configure({});
  CHECK(all.find("warn log nobody read the log: lines were dropped lines=") != std::string::npos);
}
