#include "http/forwarded.h"

#include <catch2/catch.hpp>

using namespace host::http;

static Request seen(const std::string& peer, std::vector<Header> headers,
                    const std::vector<std::string>& trusted = {"127.0.0.1", "10.0.0.0/8", "unix"}) {
  auto proxies = Proxies::parse(trusted);
  REQUIRE(proxies);
  Request request;
  request.peer = peer;
  request.headers = std::move(headers);
  proxies->look(request);
  return request;
}

TEST_CASE("the last address that is no proxy of ours is the client") {
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "203.0.113.5"}}).peer == "203.0.113.5");
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "203.0.113.5"}}).proxy == "127.0.0.1");
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "1.2.3.4, 203.0.113.5"}}).peer == "203.0.113.5");
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "1.2.3.4, 203.0.113.5, 10.1.1.1"}}).peer == "203.0.113.5");
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-for", "203.0.113.5:99"}}).peer == "203.0.113.5");
  CHECK(seen("unix", {{"x-forwarded-for", "[2001:db8::1]:443"}}).peer == "2001:db8::1");
  CHECK(seen("10.9.9.9", {{"forwarded", "for=1.2.3.4, for=\"[2001:db8::1]:4711\";proto=https;by=10.9.9.9"}}).peer == "2001:db8::1");
  // nobody but proxies: the farthest of them
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "10.1.1.1, 10.2.2.2"}}).peer == "10.1.1.1");
}

TEST_CASE("what others say of themselves counts for nothing") {
  Request direct = seen("203.0.113.9", {{"x-forwarded-for", "127.0.0.1"}, {"x-forwarded-proto", "https"}});
  CHECK(direct.peer == "203.0.113.9");
  CHECK(direct.proxy.empty());
  CHECK_FALSE(direct.secure);
  CHECK(seen("unix", {{"x-forwarded-for", "1.2.3.4"}}, {"127.0.0.1"}).peer == "unix");
  // what a client wrote before its own address
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "127.0.0.1, 203.0.113.5"}}).peer == "203.0.113.5");
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "1.2.3.4, unknown"}}).peer == "127.0.0.1");
  CHECK(seen("127.0.0.1", {{"forwarded", "for=1.2.3.4, for=_hidden"}}).peer == "127.0.0.1");
  CHECK(seen("127.0.0.1", {{"forwarded", "for=\"1.2.3.4, for=5.6.7.8\""}}).peer == "127.0.0.1");
}

TEST_CASE("one with both headers is refused") {
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "203.0.113.5"}, {"forwarded", "for=1.2.3.4"}}).refusal.status == 400);
  CHECK_FALSE(seen("203.0.113.9", {{"x-forwarded-for", "203.0.113.5"}, {"forwarded", "for=1.2.3.4"}}).refusal);
}

TEST_CASE("how the client came to the proxy is told by the proxy") {
  CHECK(seen("127.0.0.1", {{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "https"}}).secure);
  CHECK_FALSE(seen("127.0.0.1", {{"x-forwarded-for", "203.0.113.5"}, {"x-forwarded-proto", "https, http"}}).secure);
  CHECK(seen("10.9.9.9", {{"forwarded", "for=203.0.113.5;proto=https"}}).secure);
  CHECK_FALSE(seen("10.9.9.9", {{"forwarded", "for=203.0.113.5"}}).secure);
}

TEST_CASE("a list that is none is an error") {
  CHECK_FALSE(Proxies::parse({"10.0.0.0/99"}));
  CHECK(Proxies::parse({}));
}
