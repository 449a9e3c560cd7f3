// TLS as a client meets it: OpenSSL on a blocking socket in a thread of its own.
#include "http/tls.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "support/certificate.h"
#include "support/http_peer.h"

using namespace test;
using http::Request;
using http::Respond;
using http::Response;

namespace {

struct Outcome {
  bool handshake = false;
  std::string version;
  std::string protocol;
  std::string received;
  bool clean_end = false;
};

// Connects, sends, reads to the end.
Outcome talk(std::uint16_t port, const std::string& request, int max_version = 0) {
  Outcome out;
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  timeval limit{5, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return out;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_security_level(context, 0);
  SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
  if (max_version) SSL_CTX_set_max_proto_version(context, max_version);
  static constexpr unsigned char offered[] = "\x02h2\x08http/1.1";
  SSL_CTX_set_alpn_protos(context, offered, sizeof offered - 1);
  SSL* ssl = SSL_new(context);
  SSL_set_fd(ssl, fd);
  out.handshake = SSL_connect(ssl) == 1;
  if (out.handshake) {
    out.version = SSL_get_version(ssl);
    const unsigned char* chosen = nullptr;
    unsigned length = 0;
    SSL_get0_alpn_selected(ssl, &chosen, &length);
    out.protocol.assign(reinterpret_cast<const char*>(chosen), length);
    // In two writes, the second late: the server must go on waiting.
    std::size_t half = request.size() / 2;
    SSL_write(ssl, request.data(), static_cast<int>(half));
    ::usleep(2000);
    SSL_write(ssl, request.data() + half, static_cast<int>(request.size() - half));
    char buffer[8192];
    int count = 0;
    while ((count = SSL_read(ssl, buffer, sizeof buffer)) > 0) out.received.append(buffer, count);
    out.clean_end = SSL_get_error(ssl, count) == SSL_ERROR_ZERO_RETURN;
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  ::close(fd);
  return out;
}

struct TlsFixture {
  explicit TlsFixture(http::Limits limits = {}) : fixture([](Request request, Respond respond) {
          Response response;
          response.body = request.path == "/large"
                              ? std::string(5'000'000, 'x')
                              : (request.secure ? "secure " : "plain ") + request.body;
          respond(std::move(response));
          return loop::Pending();
        }, std::move(limits)) {
    http::TlsFiles files{certificate.certificate, certificate.key};
    auto listening = fixture.server->listen({"127.0.0.1", 0, ""}, false, &files);
    REQUIRE(listening);
    port = *listening;
  }

  Outcome talk(const std::string& request, int max_version = 0) {
    Outcome out;
    std::atomic<bool> finished = false;
    std::thread client([&] {
      out = ::talk(port, request, max_version);
      finished = true;
    });
    CHECK(turn_until(fixture.loop, [&] { return finished.load(); }, 8000));
    client.join();
    return out;
  }

  Certificate certificate;
  Fixture fixture;
  std::uint16_t port = 0;
};

}  // namespace

TEST_CASE("tls: a request over TLS 1.3 and 1.2") {
  TlsFixture t;
  int version = GENERATE(TLS1_3_VERSION, TLS1_2_VERSION);
  Outcome out = t.talk("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
                       version);
  CHECK(out.version == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"));
  CHECK(out.protocol == "http/1.1");
  CHECK(body_of(out.received) == "secure hello");
  CHECK(out.clean_end);
}

// It was closed without a word: nothing can be said before the handshake.
TEST_CASE("tls: the connection limit answers 503") {
  http::Limits limits;
  limits.connections = 1;
  TlsFixture t(limits);
  Peer one(t.fixture.loop, {"127.0.0.1", t.port, ""});
  REQUIRE(turn_until(t.fixture.loop, [&] { return t.fixture.server->connections() == 1; }));
  Outcome out = t.talk(get("/"));
  CHECK(out.received.rfind("HTTP/1.1 503 ", 0) == 0);
  CHECK(out.clean_end);
  one.hang_up();
  REQUIRE(turn_until(t.fixture.loop, [&] { return t.fixture.server->connections() == 0; }));
  CHECK(t.talk(get("/")).received.rfind("HTTP/1.1 200 ", 0) == 0);
}

TEST_CASE("tls: older versions are refused") {
  TlsFixture t;
  CHECK_FALSE(t.talk(get("/"), TLS1_1_VERSION).handshake);
  CHECK(turn_until(t.fixture.loop, [&] { return t.fixture.server->connections() == 0; }));
}

TEST_CASE("tls: large bodies both ways") {
  TlsFixture t;
  Outcome down = t.talk(get("/large"));
  CHECK(body_of(down.received) == std::string(5'000'000, 'x'));
  std::string body(3'000'000, 'y');
  Outcome up = t.talk("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3000000\r\n\r\n" + body);
  CHECK(body_of(up.received) == "secure " + body);
}

TEST_CASE("tls: many requests on one session") {
  TlsFixture t;
  std::string all;
  for (int i = 0; i < 200; ++i) all += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  Outcome out = t.talk(all + get("/"));
  std::size_t count = 0;
  for (std::size_t at = 0; (at = out.received.find("secure ", at)) != std::string::npos; ++at) ++count;
  CHECK(count == 201);
}

TEST_CASE("tls: plain HTTP, or noise, on the TLS port ends the connection") {
  TlsFixture t;
  t.fixture.address.port = t.port;
  Peer peer = t.fixture.connect();
  peer.send(get("/"));
  peer.wait_for_close();
  CHECK_FALSE(has(peer.received, "HTTP/1.1 200"));
  CHECK(turn_until(t.fixture.loop, [&] { return t.fixture.server->connections() == 0; }));
  CHECK(t.fixture.seen.empty());
}

TEST_CASE("tls: files that do not fit are named") {
  Certificate one, two;
  auto mixed = http::TlsContext::load({one.certificate, two.key});
  REQUIRE_FALSE(mixed);
  CHECK(has(mixed.error().message, two.key));
  auto missing = http::TlsContext::load({"/nonexistent.crt", one.key});
  REQUIRE_FALSE(missing);
  CHECK(has(missing.error().message, "/nonexistent.crt: No such file"));
}
