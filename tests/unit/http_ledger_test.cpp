#include "http/ledger.h"

#include "http/gzip.h"
#include "http/server.h"
#include "support/http_peer.h"

using namespace test;
using http::Ledger;
using http::LedgerLimits;
using http::Payer;
using http::Request;
using http::Respond;
using http::Response;

namespace {

constexpr std::size_t large = 8'000'000;  // more than the kernel takes off our hands

Response long_text(std::size_t size, std::string note = "") {
  Response response;
  response.set("Content-Type", "text/plain");
  response.body = std::string(size, 'x');
  response.note = std::move(note);
  response.compress = false;
  return response;
}

struct Metered {
  explicit Metered(LedgerLimits limits) : ledger(std::make_shared<Ledger>(limits)) {
    server = std::make_unique<http::Server>(
        loop, http::Limits(),
        [](Request request, Respond respond) {
          respond(long_text(request.path == "/small" ? 10 : large, std::string(request.header("x-note"))));
          return loop::Pending();
        },
        [this](const http::Finished& f) { aborted += f.aborted; }, ledger);
    auto port = server->listen({"127.0.0.1", 0, ""}, false);
    REQUIRE(port);
    address = {"127.0.0.1", *port, ""};
  }

  // A client that asks and does not read.
  std::unique_ptr<Peer> deaf(const std::string& headers = "") {
    auto peer = std::make_unique<Peer>(loop, address);
    peer->pause();
    peer->send("GET / HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n");
    return peer;
  }

  loop::Loop loop;
  std::shared_ptr<Ledger> ledger;
  int aborted = 0;
  std::unique_ptr<http::Server> server;
  loop::Address address;
};

}  // namespace

TEST_CASE("ledger: sums are kept by address and key, and nothing is left behind") {
  LedgerLimits limits;
  limits.unread_bytes = 100;
  limits.unread_address_bytes = 60;
  limits.unread_key_bytes = 40;
  Ledger ledger(limits);
  CHECK(ledger.change({"a", "key=1"}, 0, 40) == Ledger::Bound::none);
  CHECK(ledger.change({"b", "key=1"}, 0, 10) == Ledger::Bound::key);
  CHECK(ledger.change({"a", ""}, 0, 30) == Ledger::Bound::address);
  CHECK(ledger.change({"c", ""}, 0, 30) == Ledger::Bound::host);
  CHECK(ledger.over());
  CHECK(ledger.refuse({"a", ""}, 1) == Ledger::Bound::address);
  CHECK(ledger.refuse({"d", ""}, 1000) == Ledger::Bound::none);  // holds nothing itself
  CHECK(ledger.change({"a", "key=1"}, 40, 0) == Ledger::Bound::none);
  CHECK(ledger.change({"b", "key=1"}, 10, 0) == Ledger::Bound::none);
  CHECK(ledger.change({"a", ""}, 30, 0) == Ledger::Bound::none);
  CHECK(ledger.change({"c", ""}, 30, 0) == Ledger::Bound::none);
  CHECK(ledger.counters().unread_bytes == 0);
  CHECK_FALSE(ledger.over());
}

TEST_CASE("ledger: connections of an address are counted, a unix socket's are not") {
  LedgerLimits limits;
  limits.address_connections = 2;
  Ledger ledger(limits);
  CHECK(ledger.enter("a"));
  CHECK(ledger.enter("a"));
  CHECK_FALSE(ledger.enter("a"));
  CHECK(ledger.enter("b"));
  for (int i = 0; i < 10; ++i) CHECK(ledger.enter("unix"));
  ledger.leave("a");
  CHECK(ledger.enter("a"));
  CHECK(ledger.counters().refused_connections == 1);
}

// Found: 1,000 connections that asked for a document and read nothing took 1.6 MB each.
TEST_CASE("ledger: answers that an address does not read are given up beyond its share") {
  LedgerLimits limits;
  limits.unread_address_bytes = 4 * large;
  Metered f(limits);
  std::vector<std::unique_ptr<Peer>> deaf;
  for (int i = 0; i < 2; ++i) deaf.push_back(f.deaf());
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().unread_bytes > large; }));
  for (int i = 0; i < 7; ++i) deaf.push_back(f.deaf());
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().cut_address >= 3; }));
  CHECK(f.ledger->counters().unread_bytes <= 4 * large);
  deaf.clear();
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 0; }));
  CHECK(f.ledger->counters().unread_bytes == 0);
  CHECK(f.ledger->settle());
  CHECK_FALSE(f.ledger->settle());
}

TEST_CASE("ledger: who holds his share unread gets 503, and small answers still") {
  LedgerLimits limits;
  limits.unread_address_bytes = large + large / 2;
  Metered f(limits);
  auto deaf = f.deaf();
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().unread_bytes > large / 2; }));
  Peer peer(f.loop, f.address);
  peer.send(get("/"));
  CHECK(peer.wait_for_close().rfind("HTTP/1.1 503 ", 0) == 0);
  CHECK(has(peer.received, "\r\nRetry-After: 5\r\n"));
  Peer other(f.loop, f.address);
  other.send(get("/small"));
  CHECK(other.wait_for_close().rfind("HTTP/1.1 200 ", 0) == 0);
}

TEST_CASE("ledger: a key has a share of its own") {
  LedgerLimits limits;
  limits.unread_key_bytes = large + large / 2;
  Metered f(limits);
  auto deaf = f.deaf("x-note: key=7 and more\r\n");
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().unread_bytes > large / 2; }));
  Peer same(f.loop, f.address);
  same.send(get("/", "x-note: key=7\r\n"));
  CHECK(same.wait_for_close().rfind("HTTP/1.1 503 ", 0) == 0);
  Peer other(f.loop, f.address);
  other.send(get("/", "x-note: key=8\r\n"));
  CHECK(other.wait_for_close().rfind("HTTP/1.1 200 ", 0) == 0);
  CHECK(f.ledger->counters().cut_key == 1);
}

TEST_CASE("ledger: when all together hold too much, the slowest is given up first") {
  LedgerLimits limits;
  limits.unread_bytes = 2 * large + large / 2;
  Metered f(limits);
  auto first = f.deaf();
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().unread_bytes > large / 2; }));
  turn_for(f.loop, 30);
  auto second = f.deaf();
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().unread_bytes > large; }));
  turn_for(f.loop, 30);
  auto third = f.deaf();
  auto fourth = f.deaf();
  REQUIRE(turn_until(f.loop, [&] { return f.ledger->counters().cut_host >= 1; }));
  first->resume();
  first->wait_for_close();
  CHECK(f.ledger->counters().unread_bytes <= 2 * large + large / 2);
  CHECK(f.aborted >= 1);
  CHECK_FALSE(fourth->closed);
}

TEST_CASE("ledger: one address does not take all connections") {
  LedgerLimits limits;
  limits.address_connections = 2;
  Metered f(limits);
  Peer one(f.loop, f.address), two(f.loop, f.address);
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 2; }));
  Peer three(f.loop, f.address);
  CHECK(three.wait_for_close().rfind("HTTP/1.1 503 ", 0) == 0);
  one.hang_up();
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 1; }));
  Peer four(f.loop, f.address);
  four.send(get("/small"));
  CHECK(four.wait_for_close().rfind("HTTP/1.1 200 ", 0) == 0);
}

TEST_CASE("server: a shared text is sent as it is, packed, in part and in both protocols") {
  auto common = std::make_shared<http::CommonText>();
  common->plain = std::string(200'000, 'a') + "end";
  http::Gzip().finish(common->plain, common->packed);
  Fixture f([common](Request, Respond respond) {
    Response response;
    response.set("Content-Type", "application/json");
    response.body = http::SharedText(common);
    respond(std::move(response));
    return loop::Pending();
  });
  std::string plain = f.exchange(get("/"));
  CHECK(body_of(plain) == common->plain);
  CHECK(has(plain, "\r\nContent-Length: 200003\r\n"));
  CHECK(has(plain, "\r\nVary: Accept-Encoding\r\n"));
  std::string packed = f.exchange(get("/", "Accept-Encoding: gzip\r\n"));
  CHECK(has(packed, "\r\nContent-Encoding: gzip\r\n"));
  CHECK(gunzip(body_of(packed)) == common->plain);
  std::string head = f.exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(has(head, "\r\nContent-Length: 200003\r\n"));
  CHECK(body_of(head).empty());
  CHECK(common.use_count() == 2);
}
