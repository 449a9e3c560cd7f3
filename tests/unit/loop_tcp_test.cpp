#include "loop/tcp.h"

#include <sys/stat.h>
#include <sys/socket.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <atomic>
#include <optional>

#include "base/log.h"
#include "support/turn.h"

using namespace host;
using loop::Address;
using loop::Listener;
using loop::Loop;
using loop::Stream;
using test::turn_for;
using test::turn_until;

namespace {

// Two ends of one connection.
struct Pair {
  explicit Pair(Address at = {"127.0.0.1", 0, ""}) {
    auto opened = Listener::open(loop, at, false, [this](auto stream) { server = std::move(stream); });
    REQUIRE(opened);
    listener = std::move(*opened);
    if (at.path.empty()) at.port = listener->port();
    auto pending = loop::connect(loop, at, 1000, [this](auto stream) {
      REQUIRE(stream);
      client = std::move(*stream);
    });
    REQUIRE(turn_until(loop, [&] { return server && client; }));
  }
  Loop loop;
  std::unique_ptr<Listener> listener;
  std::unique_ptr<Stream> server;
  std::unique_ptr<Stream> client;
};

std::atomic<int> looked_up = 0;
std::atomic<int> resolver_ms = 0;

}  // namespace

// A resolver that takes its time, in the place of the system's.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  ++looked_up;
  ::usleep(static_cast<useconds_t>(resolver_ms * 1000));
  static auto* real = reinterpret_cast<decltype(&getaddrinfo)>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  return real(node, service, hints, found);
}

TEST_CASE("tcp: addresses") {
  auto v4 = Address::parse("127.0.0.1:8080");
  REQUIRE(v4);
  CHECK(v4->host == "127.0.0.1");
  CHECK(v4->port == 8080);
  CHECK(v4->text() == "127.0.0.1:8080");
  auto v6 = Address::parse("[::1]:80");
  REQUIRE(v6);
  CHECK(v6->host == "::1");
  CHECK(v6->text() == "[::1]:80");
  auto path = Address::parse("unix:/run/x.sock");
  REQUIRE(path);
  CHECK(path->path == "/run/x.sock");
  CHECK(path->text() == "unix:/run/x.sock");
  for (const char* bad : {"", "a", ":80", "a:", "a:x", "a:65536", "a:-1", "unix:", "[]:80"}) {
    INFO(bad);
    CHECK_FALSE(Address::parse(bad));
  }
  CHECK_FALSE(Address::parse("unix:/" + std::string(200, 'x')));
}

TEST_CASE("tcp: bytes both ways, the peer's address, and the end") {
  Pair pair;
  CHECK(pair.server->peer() == "127.0.0.1");
  CHECK(pair.server->peer_port() != 0);
  CHECK_FALSE(pair.server->is_unix());
  std::string got, back;
  bool ended = false;
  pair.server->start_reading([&](auto bytes) {
    REQUIRE(bytes);
    if (bytes->empty()) {
      ended = true;
    } else {
      got += *bytes;
      pair.server->write(std::string(*bytes));
    }
  });
  pair.client->start_reading([&](auto bytes) { back += *bytes; });
  std::string large(3'000'000, 'x');
  bool done = false;
  pair.client->write(large, [&](auto result) {
    CHECK(result);
    done = true;
  });
  CHECK_FALSE(done);
  pair.client->write("end");
  pair.client->finish_writing();
  REQUIRE(turn_until(pair.loop, [&] { return ended && back.size() == large.size() + 3; }));
  CHECK(done);
  CHECK(got == large + "end");
  CHECK(back == got);
}

TEST_CASE("tcp: try_write takes what the kernel takes and never overtakes the queue") {
  Pair pair;
  std::string block(1 << 20, 'a');
  std::size_t sent = 0;
  // Until the peer's kernel is full too: what it acknowledges makes room here again.
  for (int refused = 0; refused < 3;) {
    std::size_t n = pair.client->try_write(block);
    sent += n;
    refused = n == 0 ? refused + 1 : 0;
    if (n < block.size()) turn_for(pair.loop, 5);
  }
  CHECK(pair.client->queued() == 0);
  pair.client->write("b");
  CHECK(pair.client->queued() == 1);
  CHECK(pair.client->try_write("c") == 0);
  std::string got;
  pair.server->start_reading([&](auto bytes) { got += *bytes; });
  REQUIRE(turn_until(pair.loop, [&] { return got.size() == sent + 1; }));
  CHECK(got.back() == 'b');
  CHECK(pair.client->queued() == 0);
}

TEST_CASE("tcp: paused reading holds bytes back") {
  Pair pair;
  std::string got;
  pair.server->start_reading([&](auto bytes) { got += *bytes; });
  pair.server->pause_reading();
  pair.client->write("hello");
  turn_for(pair.loop, 20);
  CHECK(got.empty());
  pair.server->resume_reading();
  CHECK(turn_until(pair.loop, [&] { return got == "hello"; }));
}

TEST_CASE("tcp: a stream destroyed in its reader, or with writes queued, calls nobody") {
  Pair pair;
  int reads = 0;
  pair.server->start_reading([&](auto) {
    ++reads;
    pair.server.reset();
  });
  bool called = false;
  pair.client->write(std::string(50'000'000, 'x'), [&](auto) { called = true; });
  REQUIRE(turn_until(pair.loop, [&] { return reads == 1; }));
  pair.client.reset();
  turn_for(pair.loop, 20);
  CHECK(reads == 1);
  CHECK_FALSE(called);
}

TEST_CASE("tcp: writing to a peer that has gone fails") {
  Pair pair;
  pair.server.reset();
  turn_for(pair.loop, 10);
  bool failed = false;
  bool asked = false;
  for (int i = 0; i < 100 && !failed; ++i) {
    pair.client->write("x", [&](auto result) {
      asked = true;
      failed = failed || !result;
    });
    turn_for(pair.loop, 2);
  }
  CHECK(asked);
  CHECK(failed);
}

TEST_CASE("tcp: connecting fails with a value, later, or is dropped") {
  Loop loop;
  std::optional<base::Code> code;
  auto refused = loop::connect(loop, {"127.0.0.1", 1, ""}, 1000, [&](auto stream) {
    REQUIRE_FALSE(stream);
    code = stream.error().code;
  });
  CHECK_FALSE(code);
  REQUIRE(turn_until(loop, [&] { return code.has_value(); }));
  CHECK(*code == base::Code::unavailable);
  code.reset();
  auto missing = loop::connect(loop, {"", 0, "/nonexistent/socket"}, 1000, [&](auto stream) {
    REQUIRE_FALSE(stream);
    code = stream.error().code;
  });
  REQUIRE(turn_until(loop, [&] { return code.has_value(); }));
  bool called = false;
  { auto dropped = loop::connect(loop, {"127.0.0.1", 1, ""}, 1000, [&](auto) { called = true; }); }
  turn_for(loop, 20);
  CHECK_FALSE(called);
}

TEST_CASE("tcp: listening") {
  Loop loop;
  auto one = Listener::open(loop, {"127.0.0.1", 0, ""}, true, [](auto) {});
  REQUIRE(one);
  Address same{"127.0.0.1", (*one)->port(), ""};
  CHECK(Listener::open(loop, same, true, [](auto) {}));  // lanes share
  CHECK_FALSE(Listener::open(loop, same, false, [](auto) {}));
  CHECK_FALSE(Listener::open(loop, {"example.org", 1, ""}, false, [](auto) {}));
}

TEST_CASE("tcp: unix sockets replace a stale file, not a live one, and are private") {
  std::string path = "/tmp/patchbay-test-tcp-" + std::to_string(::getpid()) + ".sock";
  auto stale = loop::bind_unix(path);
  REQUIRE(stale);
  ::close(*stale);
  {
    Pair pair({"", 0, path});
    CHECK(pair.server->peer() == "unix");
    CHECK(pair.server->is_unix());
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0660);
    CHECK_FALSE(loop::bind_unix(path));
  }
  ::unlink(path.c_str());
}

// Found: "a handle was left open", when a node's name was being looked up as the host ended.
TEST_CASE("tcp: a loop may end while names are looked up") {
  int ends[2];
  REQUIRE(::pipe2(ends, O_NONBLOCK) == 0);
  base::log::configure({base::log::Level::info, false, ends[1]});
  resolver_ms = 300;
  looked_up = 0;
  bool called = false;
  {
    Loop loop;
    std::vector<loop::Pending> all;
    for (int i = 0; i < 50; ++i) {  // more than are looked up at a time
      all.push_back(loop::connect(loop, {"localhost", 1, ""}, 1000, [&](auto) { called = true; }));
    }
    REQUIRE(turn_until(loop, [&] { return looked_up > 0; }));
  }
  resolver_ms = 0;
  base::log::configure({});
  char text[4096];
  CHECK(::read(ends[0], text, sizeof text) == -1);  // nothing was said
  ::close(ends[0]);
  ::close(ends[1]);
  CHECK_FALSE(called);
  CHECK(looked_up < 50);  // those that waited for their turn never had it
}

TEST_CASE("tcp: what is an address already is not looked up") {
  Loop loop;
  looked_up = 0;
  for (const char* host : {"127.0.0.1", "::1"}) {
    bool ended = false;
    auto pending = loop::connect(loop, {host, 1, ""}, 1000, [&](auto) { ended = true; });
    CHECK_FALSE(ended);
    REQUIRE(turn_until(loop, [&] { return ended; }));
  }
  CHECK(looked_up == 0);
}
