#include "http/server.h"

#include <openssl/ssl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.h"
#include "support/http_peer.h"

using namespace test;
using http::Request;
using http::Respond;
using http::Response;

namespace {

Response text(std::string body) {
  Response response;
  response.set("Content-Type", "text/plain");
  response.body = std::move(body);
  response.route = "test";
  return response;
}

// Answers at once with what was asked.
http::Handler echo() {
  return [](Request request, Respond respond) {
    respond(text(request.method + " " + request.path + " " + request.body));
    return loop::Pending();
  };
}

// Answers on a later turn.
http::Handler later(loop::Loop*& loop) {
  return [&loop](Request request, Respond respond) {
    return loop->later([respond = std::move(respond), request = std::move(request)]() mutable {
      respond(text(request.path + " " + request.body));
    });
  };
}

// Keeps its requests waiting until the test answers them.
struct Held {
  http::Handler handler() {
    return [this](Request request, Respond respond) {
      paths.push_back(request.path);
      waiting.push_back(std::move(respond));
      return loop::Pending::cancelled_by([this] { ++dropped; });
    };
  }
  std::vector<std::string> paths;
  std::vector<Respond> waiting;
  int dropped = 0;
};

}  // namespace

TEST_CASE("server: a request is answered, with the headers every answer has") {
  Fixture f(echo());
  std::string answer = f.exchange(get("/a"));
  CHECK(answer.rfind("HTTP/1.1 200 OK\r\nDate: ", 0) == 0);
  CHECK(has(answer, " GMT\r\n"));
  CHECK(has(answer, "Content-Length: 7\r\n"));
  CHECK(has(answer, "X-Request-Id: "));
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(body_of(answer) == "GET /a ");
  REQUIRE(f.seen.size() == 1);
  CHECK(f.seen[0].path == "/a");
  CHECK(f.seen[0].status == 200);
  CHECK(f.seen[0].route == "test");
  CHECK(f.seen[0].bytes == answer.size());
  CHECK_FALSE(f.seen[0].aborted);
  CHECK(has(answer, "X-Request-Id: " + f.seen[0].id));
}

TEST_CASE("server: the client's request id comes back") {
  Fixture f(echo());
  CHECK(has(f.exchange(get("/", "X-Request-Id: mine-1\r\n")), "X-Request-Id: mine-1\r\n"));
  std::string other = f.exchange(get("/", "X-Request-Id: not mine\r\n"));
  CHECK_FALSE(has(other, "not mine"));
}

TEST_CASE("server: connections are kept, bodies come in pieces") {
  Fixture f(echo());
  Peer peer = f.connect();
  peer.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
  turn_for(f.loop, 5);
  CHECK(peer.received.empty());
  peer.send("def");
  peer.wait_for("POST /1 abcdef");
  CHECK_FALSE(has(peer.take(), "Connection:"));
  peer.send("POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n");
  turn_for(f.loop, 5);
  CHECK(peer.received.empty());
  peer.send("A: b\r\n\r\n");
  peer.wait_for("POST /2 xyz");
  CHECK(f.server->connections() == 1);
}

TEST_CASE("server: HTTP/1.0 closes unless asked to stay") {
  Fixture f(echo());
  std::string answer = f.exchange("GET /a HTTP/1.0\r\n\r\n");
  CHECK(has(answer, "Connection: close\r\n"));
  Peer peer = f.connect();
  peer.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  peer.wait_for("GET /a ");
  CHECK(has(peer.take(), "Connection: keep-alive\r\n"));
  peer.send("GET /b HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  peer.wait_for("GET /b ");
}

TEST_CASE("server: pipelined requests are answered in order") {
  loop::Loop* loop = nullptr;
  bool sync = GENERATE(true, false);
  Fixture f(sync ? echo() : later(loop));
  loop = &f.loop;
  std::string all;
  for (int i = 0; i < 300; ++i) {
    all += "POST /r" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx";
  }
  Peer peer = f.connect();
  peer.send(all);
  peer.wait_for("/r299 x");
  std::size_t at = 0;
  for (int i = 0; i < 300; ++i) {
    at = peer.received.find("/r" + std::to_string(i) + " x", at);
    REQUIRE(at != std::string::npos);
  }
  CHECK(f.seen.size() == 300);
  CHECK(f.server->connections() == 1);
}

TEST_CASE("server: a pipelined request waits until the one before is answered") {
  Held held;
  Fixture f(held.handler());
  Peer peer = f.connect();
  peer.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 1; }));
  turn_for(f.loop, 5);
  CHECK(held.waiting.size() == 1);
  held.waiting[0](text("one"));
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 2; }));
  held.waiting[1](text("two"));
  peer.wait_for("two");
}

TEST_CASE("server: a client that pipelines without end is not read without end") {
  Held held;
  Fixture f(held.handler());
  Peer peer = f.connect();
  std::string one = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string many;
  for (int i = 0; i < 400000; ++i) many += one;
  peer.send(many);
  turn_for(f.loop, 100);
  CHECK(held.waiting.size() == 1);
  // 11 MB were offered; the socket buffers and 64 KiB of ours hold what was taken.
  held.waiting[0](text("one"));
  peer.wait_for("one");
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 2; }));
}

TEST_CASE("server: HEAD has the headers of GET and no body") {
  Fixture f([](Request, Respond respond) {
    respond(text(std::string(5000, 'x')));
    return loop::Pending();
  });
  Peer peer = f.connect();
  peer.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  std::string all = peer.wait_for_close();
  CHECK(has(all, "Content-Length: 5000\r\n"));
  CHECK_FALSE(has(all, "xxx"));
  CHECK(body_of(all).rfind("HTTP/1.1 200", 0) == 0);
}

TEST_CASE("server: expectations") {
  Fixture f(echo());
  Peer peer = f.connect();
  peer.send("POST /c HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(peer.wait_for("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  peer.take();
  peer.send("hi");
  peer.wait_for("POST /c hi");
  peer.take();
  // The body is already here: nobody waits for the interim answer.
  peer.send("POST /d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nho");
  CHECK_FALSE(has(peer.wait_for("POST /d ho"), "100 Continue"));
  CHECK(has(f.exchange("POST / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nContent-Length: 2\r\n\r\n"),
            "HTTP/1.1 417 "));
  // Too large is said before the body is sent.
  std::string large = f.exchange(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999\r\n\r\n");
  CHECK(large.rfind("HTTP/1.1 413 ", 0) == 0);
}

TEST_CASE("server: a bad request is answered in plain text, then the connection ends") {
  Fixture f(echo());
  std::string answer = f.exchange("GET / HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(answer.rfind("HTTP/1.1 400 Bad Request\r\n", 0) == 0);
  CHECK(has(answer, "Content-Type: text/plain"));
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(has(answer, "X-Request-Id: "));
  CHECK(body_of(answer) == "400 bad request: no host header\n");
  REQUIRE(f.seen.size() == 1);
  CHECK(f.seen[0].status == 400);
  CHECK(f.seen[0].route.empty());
  CHECK(f.seen[0].note == "no host header");
  CHECK(f.exchange("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").rfind("HTTP/1.1 505 ", 0) == 0);
  CHECK(f.exchange("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n").rfind("HTTP/1.1 501 ", 0) == 0);
}

TEST_CASE("server: answers before a bad request still arrive") {
  Fixture f(echo());
  std::string all = f.exchange("GET /good HTTP/1.1\r\nHost: a\r\n\r\nBAD\r\n\r\n");
  CHECK(has(all, "GET /good "));
  CHECK(has(all, "HTTP/1.1 400 "));
}

TEST_CASE("server: a refused upload's answer survives the bytes that still come") {
  http::Limits limits;
  limits.memory_body_bytes = 1000;
  Fixture f(echo(), limits);
  Peer peer = f.connect();
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n" +
            std::string(20000000, 'x'));
  std::string answer = peer.wait_for_close();
  CHECK(answer.rfind("HTTP/1.1 413 ", 0) == 0);
  CHECK_FALSE(peer.reset);
}

TEST_CASE("server: an upgrade is answered plainly and nothing behind it is read") {
  Fixture f(echo());
  std::string all = f.exchange(
      "GET /u HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
      "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(body_of(all) == "GET /u ");
}

TEST_CASE("server: time-outs") {
  http::Limits limits;
  limits.header_ms = 100;
  limits.body_ms = 100;
  limits.idle_ms = 100;
  Fixture f(echo(), limits);
  SECTION("a connection that says nothing is closed without a word") {
    CHECK(f.connect().wait_for_close().empty());
    CHECK(f.seen.empty());
  }
  SECTION("a header that never ends, however steadily it comes") {
    Peer peer = f.connect();
    peer.send("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 40 && !peer.closed; ++i) {
      if (!has(peer.received, "HTTP")) peer.send("X: y\r\n");
      turn_for(f.loop, 10);
    }
    CHECK(peer.wait_for_close().rfind("HTTP/1.1 408 ", 0) == 0);
    CHECK(f.seen[0].status == 408);
  }
  SECTION("a body that stops; one that goes on slowly is let be") {
    Peer peer = f.connect();
    peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
    for (int i = 0; i < 5; ++i) {
      peer.send("x");
      turn_for(f.loop, 50);
    }
    CHECK(peer.received.empty());
    CHECK(peer.wait_for_close().rfind("HTTP/1.1 408 ", 0) == 0);
  }
  SECTION("an idle connection is closed") {
    Peer peer = f.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    peer.wait_for("GET / ");
    peer.wait_for_close();
    CHECK(f.server->connections() == 0);
  }
}

TEST_CASE("server: a client that does not read is given up") {
  http::Limits limits;
  limits.write_ms = 150;
  Fixture f(
      [](Request, Respond respond) {
        respond(text(std::string(30'000'000, 'x')));
        return loop::Pending();
      },
      limits);
  Peer peer = f.connect();
  peer.pause();
  peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(turn_until(f.loop, [&] { return f.seen.size() == 1; }));
  CHECK(f.seen[0].aborted);
  CHECK(f.server->connections() == 0);
}

TEST_CASE("server: a client that hangs up drops the handler's work") {
  Held held;
  Fixture f(held.handler());
  {
    Peer peer = f.connect();
    peer.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 1; }));
    CHECK(held.dropped == 0);
  }
  REQUIRE(turn_until(f.loop, [&] { return held.dropped == 1; }));
  REQUIRE(f.seen.size() == 1);
  CHECK(f.seen[0].aborted);
  held.waiting[0](text("too late"));  // goes nowhere
  CHECK(f.server->connections() == 0);
}

TEST_CASE("server: a handler that forgets to answer is answered for") {
  Fixture f([](Request, Respond) { return loop::Pending(); });
  auto before = base::log::warnings();
  CHECK(f.exchange(get("/")).rfind("HTTP/1.1 500 ", 0) == 0);
  CHECK(base::log::warnings() == before + 1);
}

TEST_CASE("server: a header that would break the answer is refused") {
  struct Case {
    const char* name;
    std::string value;
  };
  const Case cases[] = {{"X-A", "a\r\nSet-Cookie: b"}, {"X-A", "a\nb"}, {"X-A", std::string("a\0b", 3)},
                        {"X A", "a"},                  {"X-A\r\nB", "a"}, {"", "a"}};
  for (const Case& c : cases) {
    Fixture f([&](Request, Respond respond) {
      Response response = text("body");
      response.set(c.name, c.value);
      respond(std::move(response));
      return loop::Pending();
    });
    auto before = base::log::warnings();
    std::string answer = f.exchange(get("/"));
    CHECK(answer.rfind("HTTP/1.1 500 ", 0) == 0);
    CHECK_FALSE(has(answer, "Set-Cookie"));
    CHECK(base::log::warnings() == before + 1);
  }
}

TEST_CASE("server: framing headers of a handler do not reach the wire") {
  Fixture f([](Request, Respond respond) {
    Response response = text("body");
    response.set("Content-Length", "999").set("transfer-encoding", "chunked");
    response.set("Connection", "x");
    respond(std::move(response));
    return loop::Pending();
  });
  std::string answer = f.exchange(get("/"));
  CHECK(has(answer, "Content-Length: 4\r\n"));
  CHECK_FALSE(has(answer, "999"));
  CHECK_FALSE(has(answer, "chunked"));
}

TEST_CASE("server: 204 and 304 have neither body nor length") {
  int status = GENERATE(204, 304);
  Fixture f([&](Request, Respond respond) {
    Response response = text("ignored");
    response.status = status;
    respond(std::move(response));
    return loop::Pending();
  });
  std::string answer = f.exchange(get("/"));
  CHECK_FALSE(has(answer, "Content-Length"));
  CHECK(body_of(answer).empty());
}

TEST_CASE("server: the connection limit answers 503") {
  http::Limits limits;
  limits.connections = 2;
  Fixture f(echo(), limits);
  Peer one = f.connect();
  Peer two = f.connect();
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 2; }));
  Peer three = f.connect();
  std::string answer = three.wait_for_close();
  CHECK(answer.rfind("HTTP/1.1 503 ", 0) == 0);
  CHECK(has(answer, "Content-Length: " + std::to_string(body_of(answer).size()) + "\r\n"));
  one.hang_up();
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 1; }));
  CHECK(f.exchange(get("/x")).rfind("HTTP/1.1 200 ", 0) == 0);
}

// The rest of what a client has sent would reset the connection and take the answer with it.
TEST_CASE("server: one too many who speaks first gets his 503 too") {
  http::Limits limits;
  limits.connections = 1;
  Fixture f(echo(), limits);
  Peer one = f.connect();
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 1; }));
  Peer two = f.connect();
  two.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + std::string(200000, 'x'));
  std::string answer = two.wait_for_close();
  CHECK(answer.rfind("HTTP/1.1 503 ", 0) == 0);
  CHECK(has(answer, "Retry-After: 1\r\n"));
  CHECK(has(answer, "Connection: close\r\n"));
}

// Found: nothing bounded how many clients may each leave a body of the largest size unfinished.
TEST_CASE("server: bodies that are still coming share a limit") {
  http::Limits limits;
  limits.coming_bytes = 100'000;
  Fixture f(echo(), limits);
  bool form = GENERATE(false, true);
  const std::string half(60'000, 'x');
  const std::string begin = form ? "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" : "";
  const std::string end = form ? "\r\n--b--\r\n" : "y";
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\n" +
                           std::string(form ? "Content-Type: multipart/form-data; boundary=b\r\n" : "") +
                           "Content-Length: " +
                           std::to_string(begin.size() + half.size() + end.size()) + "\r\n\r\n";
  Peer first = f.connect(), second = f.connect();
  first.send(head + begin + half);
  turn_for(f.loop, 50);
  second.send(head + begin + half);
  second.wait_for("\r\n\r\n");
  CHECK(second.wait_for_close().rfind("HTTP/1.1 503 ", 0) == 0);
  CHECK(has(second.received, "\r\nRetry-After: 1\r\n"));
  first.send(end);
  CHECK(first.wait_for("POST / ").rfind("HTTP/1.1 200 ", 0) == 0);
  first.take();
  first.send(head + begin + half + end);  // there is room again
  CHECK(first.wait_for("POST / ").rfind("HTTP/1.1 200 ", 0) == 0);
  Peer third = f.connect();
  third.send(head + begin + half);
  turn_for(f.loop, 50);
  third.hang_up();
  turn_for(f.loop, 50);
  Peer fourth = f.connect();
  fourth.send(head + begin + half + end);
  CHECK(fourth.wait_for("POST / ").rfind("HTTP/1.1 200 ", 0) == 0);
}

TEST_CASE("server: an upload goes to disk while it comes") {
  http::Limits limits;
  limits.part_memory_bytes = 1000;
  std::string path;
  std::size_t handled = 0;
  Fixture f(
      [&](Request request, Respond respond) {
        ++handled;
        auto& part = request.parts.at(0);
        path = part.file->path();
        std::ifstream in(path, std::ios::binary);
        std::stringstream content;
        content << in.rdbuf();
        respond(text(std::to_string(part.size) + (content.str() == std::string(300'000, 'x') ? " same" : " other")));
        return loop::Pending();
      },
      limits);
  std::string body = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\n" +
                     std::string(300'000, 'x') + "\r\n--b--\r\n";
  std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ";
  std::string whole = head + std::to_string(body.size()) + "\r\n\r\n" + body;
  Peer peer = f.connect();
  // Two in a row, and a plain one behind them: the answers keep their order.
  peer.send(whole + whole + "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " +
            std::to_string(body.size()) + "\r\n\r\n" + body);
  std::string answer = peer.wait_for_close();
  CHECK(handled == 3);
  std::size_t same = 0;
  for (std::size_t at = 0; (at = answer.find("300000 same", at)) != std::string::npos; ++at) ++same;
  CHECK(same == 3);
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("server: an upload that cannot be stored is answered, one that is given up leaves nothing") {
  std::string folder = std::filesystem::temp_directory_path() / ("uploads-" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  http::Limits limits;
  limits.part_memory_bytes = 10;
  limits.temporary_folder = folder;
  Fixture f(echo(), limits);
  std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                     "Content-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\n";
  auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator());
  };
  Peer leaves = f.connect();
  leaves.send(head + std::string(50'000, 'x'));
  REQUIRE(turn_until(f.loop, [&] { return files() == 1; }));
  leaves.hang_up();
  CHECK(turn_until(f.loop, [&] { return files() == 0; }));
  std::filesystem::remove(folder);
  Peer refused = f.connect();
  refused.send(head + std::string(50'000, 'x'));
  CHECK(refused.wait_for_close().rfind("HTTP/1.1 500 ", 0) == 0);
}

TEST_CASE("server: leave serves on, new connections too, and ends each after its answer") {
  Fixture f(echo());
  Peer kept = f.connect();
  f.server->leave();
  Peer fresh = f.connect();
  for (Peer* peer : {&kept, &fresh}) {
    peer->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    std::string answer = peer->wait_for_close();
    CHECK(answer.rfind("HTTP/1.1 200 ", 0) == 0);
    CHECK(has(answer, "Connection: close\r\n"));
    peer->hang_up();
  }
}

TEST_CASE("server: drain finishes what runs and closes what idles") {
  Held held;
  Fixture f(held.handler());
  Peer idle = f.connect();
  Peer busy = f.connect();
  busy.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 1; }));
  bool drained = false;
  f.server->drain(5000, [&] { drained = true; });
  idle.wait_for_close();
  CHECK_FALSE(drained);
  held.waiting[0](text("last"));
  std::string answer = busy.wait_for_close();
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(has(answer, "last"));
  busy.hang_up();
  CHECK(turn_until(f.loop, [&] { return drained; }));
}

TEST_CASE("server: drain takes a request whose bytes were on their way, no new connection") {
  Fixture f(echo());
  Peer peer = f.connect();
  peer.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nh");
  turn_for(f.loop, 20);
  bool drained = false;
  f.server->drain(5000, [&] { drained = true; });
  peer.send("i");
  CHECK(has(peer.wait_for_close(), "POST / hi"));
  peer.hang_up();
  CHECK(turn_until(f.loop, [&] { return drained; }));
  bool refused = false;
  auto pending = loop::connect(f.loop, f.address, 1000, [&](auto stream) { refused = !stream; });
  CHECK(turn_until(f.loop, [&] { return refused; }));
}

TEST_CASE("server: drain cuts what does not end") {
  Held held;
  Fixture f(held.handler());
  Peer busy = f.connect();
  busy.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 1; }));
  bool drained = false;
  f.server->drain(30, [&] { drained = true; });
  CHECK(turn_until(f.loop, [&] { return drained; }));
  CHECK(held.dropped == 1);
}

TEST_CASE("server: drain of an empty server ends at once, on a later turn") {
  Fixture f(echo());
  bool drained = false;
  f.server->drain(1000, [&] { drained = true; });
  CHECK_FALSE(drained);
  CHECK(turn_until(f.loop, [&] { return drained; }));
}

TEST_CASE("server: destroyed with requests in flight, it drops them") {
  Held held;
  Fixture f(held.handler());
  Peer peer = f.connect();
  peer.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(turn_until(f.loop, [&] { return held.waiting.size() == 1; }));
  f.server.reset();
  CHECK(held.dropped == 1);
  held.waiting[0](text("late"));
  peer.wait_for_close();
}

TEST_CASE("server: whose address it was sent to words a refusal") {
  std::string body = "never";
  Fixture fixture([](Request, Respond respond) {
    respond(Response());
    return loop::Pending();
  });
  fixture.server->when_refused([&](Request request, Respond respond) {
    body = request.body;
    Response response;
    response.status = request.refusal.status;
    response.route = "not this one";
    response.body = request.method + " " + request.path + ": " + request.refusal.reason;
    if (request.path != "/later") {
      respond(std::move(response));
      return loop::Pending();
    }
    auto held = std::make_shared<std::pair<Respond, Response>>(std::move(respond), std::move(response));
    return fixture.loop.later([held] { held->first(std::move(held->second)); });
  });
  const std::string large = "Host: a\r\nContent-Length: 999999999\r\n\r\nbytes";
  std::string answer = fixture.exchange("PUT /now/%61?x HTTP/1.1\r\n" + large);
  CHECK(answer.rfind("HTTP/1.1 413 ", 0) == 0);
  CHECK(has(body_of(answer), "PUT /now/a: request body larger than"));
  CHECK(body.empty());
  answer = fixture.exchange("POST /later HTTP/1.1\r\n" + large);
  CHECK(has(body_of(answer), "POST /later: request body larger than"));
  CHECK(has(answer, "Connection: close"));
  CHECK(body_of(fixture.exchange("GET /a\x7f HTTP/1.1\r\n\r\n")) == "400 bad request: bad byte in the request target\n");
  CHECK(body_of(fixture.exchange("GET http://a/b/../c HTTP/2.0\r\n\r\n")) ==
        "GET /c: only HTTP/1.1 and HTTP/1.0 are spoken here");
  CHECK(body_of(fixture.exchange("\r\nGET /" + std::string(2000, 'x') + "/" + std::string(90000, 'y'))) ==
        "GET /: request target too long");
  CHECK(has(body_of(fixture.exchange("GET /p/" + std::string(2000, 'x') + "/" + std::string(90000, 'y'))), "GET /p/: "));
  REQUIRE(fixture.seen.size() == 6);
  CHECK(fixture.seen[0].route.empty());
  CHECK(has(fixture.seen[0].note, "request body larger"));
  CHECK(fixture.seen[0].path == "/now/a");
}

TEST_CASE("server: unix sockets, opened or adopted") {
  std::string path = "/tmp/patchbay-test-" + std::to_string(::getpid()) + ".sock";
  Fixture f([](Request request, Respond respond) {
    respond(text(request.peer));
    return loop::Pending();
  });
  bool adopt = GENERATE(false, true);
  if (adopt) {
    auto descriptor = loop::bind_unix(path);
    REQUIRE(descriptor);
    REQUIRE(f.server->listen_descriptor(*descriptor));
    ::close(*descriptor);
  } else {
    auto port = f.server->listen({"", 0, path}, false);
    REQUIRE(port);
    CHECK(*port == 0);
  }
  f.address = {"", 0, path};
  CHECK(body_of(f.exchange(get("/"))) == "unix");
  ::unlink(path.c_str());
}
