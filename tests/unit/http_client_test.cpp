#include "http/client.h"

#include <dlfcn.h>
#include <netdb.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "support/certificate.h"
#include "support/http_peer.h"

using namespace test;
using http::Client;
using http::ClientRequest;
using http::ClientResponse;
using http::ClientSettings;
using http::Request;
using http::Respond;
using http::Response;

namespace {

// The name servers of one name: they do not answer before they are let.
struct SlowNames {
  std::mutex mutex;
  std::condition_variable changed;
  bool asked = false, released = false, ended = false;
};
SlowNames slow_names;

}  // namespace

// Found before the C library's, by curl too.
extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints,
                           addrinfo** found) {
  using Function = int(const char*, const char*, const addrinfo*, addrinfo**);
  static auto* real = reinterpret_cast<Function*>(dlsym(RTLD_NEXT, "getaddrinfo"));
  if (!node || std::string_view(node) != "slow.example") return real(node, service, hints, found);
  std::unique_lock lock(slow_names.mutex);
  slow_names.asked = true;
  slow_names.changed.wait_for(lock, std::chrono::seconds(10), [] { return slow_names.released; });
  slow_names.ended = true;
  slow_names.changed.notify_all();
  return EAI_NONAME;
}

namespace {

// Our own server is what the client speaks to.
struct Web {
  explicit Web(ClientSettings settings = local())
      : fixture([this](Request request, Respond respond) {
          requests.push_back(request);
          Response response;
          if (request.path == "/never") {
            held.push_back(std::move(respond));
            return loop::Pending::cancelled_by([this] { ++dropped; });
          }
          if (request.path == "/redirect") {
            response.status = 302;
            response.set("Location", url("/"));
          }
          response.set("X-Mixed", "Case");
          response.body = request.path == "/large" ? std::string(5000, 'x') : "answer";
          if (request.path == "/missing") response.status = 404;
          respond(std::move(response));
          return loop::Pending();
        }),
        client(std::make_unique<Client>(fixture.loop, std::move(settings))) {}

  static ClientSettings local() {
    ClientSettings settings;
    settings.allowed_networks = {"127.0.0.1"};
    return settings;
  }
  std::string url(const std::string& path) {
    return "http://127.0.0.1:" + std::to_string(fixture.address.port) + path;
  }
  base::Result<ClientResponse> fetch(ClientRequest request) {
    std::optional<base::Result<ClientResponse>> result;
    auto pending = client->request(std::move(request), [&](auto r) { result = std::move(r); });
    CHECK_FALSE(result);  // never before the call has returned
    REQUIRE(turn_until(fixture.loop, [&] { return result.has_value(); }));
    return std::move(*result);
  }
  base::Result<ClientResponse> fetch(const std::string& url) {
    ClientRequest request;
    request.url = url;
    return fetch(std::move(request));
  }

  // A request that the server holds; `called` is set if it is answered.
  loop::Pending hold(bool& called) {
    ClientRequest request;
    request.url = url("/never");
    auto pending = client->request(std::move(request), [&](auto) { called = true; });
    REQUIRE(turn_until(fixture.loop, [&] { return held.size() == 1; }));
    return pending;
  }

  std::vector<Request> requests;
  std::vector<Respond> held;
  int dropped = 0;
  Fixture fixture;
  std::unique_ptr<Client> client;
};

base::Code code_of(const base::Result<ClientResponse>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("client: methods, headers and bodies arrive; status, headers and body come back") {
  Web web;
  ClientRequest request;
  request.method = GENERATE("GET", "POST", "PUT", "PATCH", "DELETE");
  bool body = request.method[0] == 'P';
  request.url = web.url("/a?b=c");
  request.headers = {{"X-Key", "v"}, {"X-Empty", ""}};
  std::string method = request.method;
  if (body) request.body = "{\"a\":1}";
  auto response = web.fetch(std::move(request));
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == "answer");
  bool mixed = false;
  for (auto& header : response->headers) mixed |= header.name == "x-mixed" && header.value == "Case";
  CHECK(mixed);
  REQUIRE(web.requests.size() == 1);
  Request& got = web.requests[0];
  CHECK(got.method == method);
  CHECK(got.target == "/a?b=c");
  CHECK(got.header("x-key") == "v");
  CHECK(got.header("user-agent") == "patchbay");
  CHECK(got.header("content-type").empty());
  CHECK(got.header("expect").empty());
  CHECK(got.body == (body ? "{\"a\":1}" : ""));
}

TEST_CASE("client: HEAD, an empty POST, and statuses are values") {
  Web web;
  ClientRequest head;
  head.method = "HEAD";
  head.url = web.url("/");
  auto response = web.fetch(std::move(head));
  REQUIRE(response);
  CHECK(response->body.empty());
  ClientRequest post;
  post.method = "POST";
  post.url = web.url("/");
  REQUIRE(web.fetch(std::move(post)));
  CHECK(web.requests.back().header("content-length") == "0");
  CHECK(web.fetch(web.url("/missing"))->status == 404);
}

TEST_CASE("client: a redirect is an answer, not followed") {
  Web web;
  auto response = web.fetch(web.url("/redirect"));
  REQUIRE(response);
  CHECK(response->status == 302);
  CHECK(web.requests.size() == 1);
}

TEST_CASE("client: connections are used again") {
  Web web;
  for (int i = 0; i < 5; ++i) REQUIRE(web.fetch(web.url("/")));
  CHECK(web.fixture.server->connections() == 1);
}

TEST_CASE("client: private addresses are denied unless allowed, names included") {
  Web web(ClientSettings{});
  std::string port = std::to_string(web.fixture.address.port);
  for (const char* host : {"127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433",
                           "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1"}) {
    INFO(host);
    CHECK(code_of(web.fetch("http://" + std::string(host) + ":" + port + "/")) == base::Code::denied);
  }
  CHECK(web.requests.empty());
}

TEST_CASE("client: which addresses are private") {
  for (const char* ip :
       {"0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.1.1", "172.16.0.1", "172.31.255.255",
        "192.168.1.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
        "fd12::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1",
        "2001:0:1::", "::7f00:1", "nonsense", ""}) {
    INFO(ip);
    CHECK(http::private_address(ip));
  }
  for (const char* ip : {"8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111",
                         "::ffff:8.8.8.8", "64:ff9b::808:808"}) {
    INFO(ip);
    CHECK_FALSE(http::private_address(ip));
  }
}

TEST_CASE("client: networks") {
  auto networks = http::Networks::parse({"10.1.0.0/16", "192.168.1.7", "fd00::/8"});
  REQUIRE(networks);
  CHECK(networks->contains("10.1.255.1"));
  CHECK_FALSE(networks->contains("10.2.0.1"));
  CHECK(networks->contains("192.168.1.7"));
  CHECK(networks->contains("::ffff:192.168.1.7"));
  CHECK_FALSE(networks->contains("192.168.1.8"));
  CHECK(networks->contains("fd12::1"));
  CHECK_FALSE(networks->contains("fe80::1"));
  CHECK(http::Networks::parse({"*"})->contains("127.0.0.1"));
  for (const char* bad : {"10.0.0.0/33", "x", "10.0.0.0/", "::/129", "10.0.0/8"}) {
    INFO(bad);
    CHECK_FALSE(http::Networks::parse({bad}));
  }
}

TEST_CASE("client: what could inject is refused before anything is sent") {
  Web web;
  auto code = [&](auto change) {
    ClientRequest request;
    request.url = web.url("/");
    change(request);
    return code_of(web.fetch(std::move(request)));
  };
  using R = ClientRequest&;
  CHECK(code([](R r) { r.method = "GET /x"; }) == base::Code::invalid);
  CHECK(code([](R r) { r.method = "CONNECT"; }) == base::Code::invalid);
  CHECK(code([](R r) { r.headers = {{"X", "a\r\nY: b"}}; }) == base::Code::invalid);
  CHECK(code([](R r) { r.headers = {{"X\r\nY", "a"}}; }) == base::Code::invalid);
  CHECK(code([](R r) { r.headers = {{"Content-Length", "1"}}; }) == base::Code::invalid);
  CHECK(code([](R r) { r.url = "file:///etc/passwd"; }) == base::Code::invalid);
  CHECK(code([](R r) { r.url = "gopher://127.0.0.1/"; }) == base::Code::invalid);
  CHECK(code([](R r) { r.url += " HTTP/1.1\r\nX: y"; }) == base::Code::invalid);
  CHECK(code([](R r) { r.url = ""; }) == base::Code::invalid);
  CHECK(web.requests.empty());
}

TEST_CASE("client: time-outs, large answers and nobody there") {
  Web web;
  ClientRequest slow;
  slow.url = web.url("/never");
  slow.timeout_ms = 50;
  CHECK(code_of(web.fetch(std::move(slow))) == base::Code::timeout);
  ClientRequest large;
  large.url = web.url("/large");
  large.max_bytes = 4999;
  CHECK(code_of(web.fetch(std::move(large))) == base::Code::refused);
  ClientRequest fits;
  fits.url = web.url("/large");
  fits.max_bytes = 5000;
  CHECK(web.fetch(std::move(fits)));
  CHECK(code_of(web.fetch("http://127.0.0.1:1/")) == base::Code::unavailable);
}

// Found: the loop stood still until the name servers had answered or given up (with none that
// answers: 10 s and more), because curl waits for its resolver's thread when a transfer ends.
TEST_CASE("client: a name that is not found in time holds nobody up") {
  slow_names.asked = slow_names.released = slow_names.ended = false;
  Web web;
  ClientRequest request;
  request.url = "http://slow.example/";
  SECTION("a time-out") {
    request.timeout_ms = 50;
    CHECK(code_of(web.fetch(std::move(request))) == base::Code::timeout);
  }
  SECTION("a dropped request") {
    auto pending = web.client->request(std::move(request), [](auto) {});
    REQUIRE(turn_until(web.fixture.loop, [] {
      std::lock_guard lock(slow_names.mutex);
      return slow_names.asked;
    }));
    pending = {};
    CHECK(web.fetch(web.url("/")));
  }
  SECTION("the end of the client") {
    auto pending = web.client->request(std::move(request), [](auto) {});
    REQUIRE(turn_until(web.fixture.loop, [] {
      std::lock_guard lock(slow_names.mutex);
      return slow_names.asked;
    }));
    web.client.reset();
  }
  std::unique_lock lock(slow_names.mutex);
  CHECK_FALSE(slow_names.ended);
  slow_names.released = true;
  slow_names.changed.notify_all();
  slow_names.changed.wait(lock, [] { return slow_names.ended; });
}

TEST_CASE("client: a dropped request ends, and its callback does not run") {
  Web web;
  bool called = false;
  { auto pending = web.hold(called); }
  CHECK(turn_until(web.fixture.loop, [&] { return web.dropped == 1; }));
  CHECK_FALSE(called);
}

TEST_CASE("client: destroyed with requests in flight") {
  Web web;
  bool called = false;
  auto pending = web.hold(called);
  web.client.reset();
  CHECK(turn_until(web.fixture.loop, [&] { return web.dropped == 1; }));
  CHECK_FALSE(called);
}

TEST_CASE("client: no more than so many at once") {
  ClientSettings settings = Web::local();
  settings.concurrent = 2;
  Web web(std::move(settings));
  std::vector<loop::Pending> pending;
  for (int i = 0; i < 2; ++i) {
    ClientRequest request;
    request.url = web.url("/never");
    pending.push_back(web.client->request(std::move(request), [](auto) {}));
  }
  CHECK(code_of(web.fetch(web.url("/"))) == base::Code::unavailable);
  pending.clear();
  CHECK(web.fetch(web.url("/")));
}

TEST_CASE("client: a certificate must be trusted") {
  Certificate certificate;
  bool trusted = GENERATE(false, true);
  ClientSettings settings = Web::local();
  if (trusted) settings.ca_file = certificate.certificate;
  Web web(std::move(settings));
  http::TlsFiles files{certificate.certificate, certificate.key};
  auto port = web.fixture.server->listen({"127.0.0.1", 0, ""}, false, &files);
  REQUIRE(port);
  auto response = web.fetch("https://127.0.0.1:" + std::to_string(*port) + "/");
  if (trusted) {
    REQUIRE(response);
    CHECK(response->body == "answer");
    CHECK(web.requests.at(0).secure);
  } else {
    CHECK(code_of(response) == base::Code::refused);
  }
}
