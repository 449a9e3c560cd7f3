#include "http/parser.h"

#include <catch2/catch.hpp>

using namespace host;
using http::Parser;

namespace {

struct Parsed {
  int status = 0;  // 0: a whole request; -1: more is needed
  std::string reason;
  http::Request request;
  std::string rest;
  bool keep_alive = false;
};

// Feeds `bytes` in pieces of `step` until an event that ends the request.
Parsed parse(std::string_view bytes, std::size_t step = std::string_view::npos,
             http::Limits limits = {}) {
  Parser parser(limits);
  Parsed out;
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::string piece(bytes.substr(at, step));
    std::string_view input = piece;
    while (!input.empty()) {
      auto event = parser.feed(input);
      if (event == Parser::Event::refused) {
        out.status = parser.refusal().status;
        out.reason = parser.refusal().reason;
        return out;
      }
      if (event == Parser::Event::complete) {
        out.keep_alive = parser.keep_alive();
        out.request = parser.take();
        out.rest = std::string(input) + std::string(bytes.substr(at + piece.size()));
        return out;
      }
    }
    at += piece.size();
  }
  out.status = -1;
  return out;
}

std::string field(std::string_view line) {
  return "GET / HTTP/1.1\r\nHost: a\r\n" + std::string(line) + "\r\n\r\n";
}

}  // namespace

TEST_CASE("parser: one request, whole and byte by byte") {
  const std::string bytes =
      "POST /a%20b/../c?x=%201&y HTTP/1.1\r\nHost: pbx.example:8080\r\nContent-Type: text/plain\r\n"
      "X-Two:  spaced out \t\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhelloGET /next";
  for (std::size_t step : {std::size_t(1), std::size_t(3), std::size_t(64), bytes.size()}) {
    INFO("step " << step);
    Parsed p = parse(bytes, step);
    REQUIRE(p.status == 0);
    CHECK(p.request.method == "POST");
    CHECK(p.request.target == "/a%20b/../c?x=%201&y");
    CHECK(p.request.path == "/c");
    CHECK(p.request.query == "x=%201&y");
    CHECK(p.request.body == "hello");
    CHECK(p.request.header("x-two") == "spaced out");
    CHECK(p.request.header("x-empty") == "");
    CHECK(p.request.headers.size() == 5);
    CHECK(p.request.header("host") == "pbx.example:8080");
    CHECK(p.keep_alive);
    CHECK(p.rest == "GET /next");
  }
}

TEST_CASE("parser: chunked bodies, with extensions and trailers") {
  const std::string bytes =
      "PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "4\r\nWiki\r\n5;name=value\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\nGET";
  for (std::size_t step : {std::size_t(1), std::size_t(2), std::size_t(7), bytes.size()}) {
    INFO("step " << step);
    Parsed p = parse(bytes, step);
    REQUIRE(p.status == 0);
    CHECK(p.request.body == "Wikipedia in\r\n\r\nchunks.");
    CHECK(p.request.header("x-sum") == "");
    CHECK(p.rest == "GET");
  }
  Parsed empty = parse("PUT /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG");
  CHECK(empty.status == 0);
  CHECK(empty.request.body.empty());
  CHECK(empty.rest == "G");
}

TEST_CASE("parser: one parser takes many requests, one after the other") {
  http::Limits limits;
  Parser parser(limits);
  std::string bytes;
  for (int i = 0; i < 5; ++i) {
    bytes += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n" +
             std::to_string(i) + "\r\n0\r\n\r\n";
    bytes += "GET /g" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  std::string_view input = bytes;
  std::string paths;
  while (!input.empty()) {
    auto event = parser.feed(input);
    REQUIRE(event != Parser::Event::refused);
    if (event == Parser::Event::complete) {
      http::Request request = parser.take();
      paths += request.path + request.body + " ";
      CHECK(request.headers.size() <= 2);
    }
  }
  CHECK(paths == "/00 /g0 /11 /g1 /22 /g2 /33 /g3 /44 /g4 ");
}

TEST_CASE("parser: what two programs could read differently is refused") {
  struct Case {
    const char* what;
    std::string bytes;
    int status;
  };
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  const Case cases[] = {
      {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
      {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400},
      {"two hosts in 1.0", "GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", 400},
      {"empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
      {"host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
      {"host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400},
      {"host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
      {"host with a bad port", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400},
      {"host with a letter port", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
      {"bad address", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400},
      {"folded header", field("X: a\r\n b"), 400},
      {"folded with a tab", field("X: a\r\n\tb"), 400},
      {"header begins with a blank", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
      {"block ended by CR LF LF", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
      {"lines ended by LF", "GET / HTTP/1.1\nHost: a\n\n", 400},
      {"bare CR in a value", field("X: a\rb"), 400},
      {"CR CR LF", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n", 400},
      {"NUL in a value", field(std::string_view("X: a\0b", 6)), 400},
      {"control byte in a value", field("X: a\x01"), 400},
      {"DEL in a value", field("X: a\x7f"), 400},
      {"empty header name", field(": a"), 400},
      {"blank before the colon", field("X : a"), 400},
      {"no colon", field("Xa"), 400},
      {"bad byte in a name", field("X(y): a"), 400},
      {"8-bit name", field("X\xe9: a"), 400},
      {"TE gzip, chunked", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400},
      {"TE , chunked", post + "Transfer-Encoding: , chunked\r\n\r\n0\r\n\r\n", 400},
      {"TE chunked, chunked", post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400},
      {"TE twice", post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"TE identity", post + "Transfer-Encoding: identity\r\n\r\n", 400},
      {"TE quoted", post + "Transfer-Encoding: \"chunked\"\r\n\r\n", 400},
      {"TE xchunked", post + "Transfer-Encoding: xchunked\r\n\r\n", 400},
      {"TE in HTTP/1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"empty TE with CL", post + "Transfer-Encoding:\r\nContent-Length: 1\r\n\r\na", 400},
      {"TE and CL", post + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n", 400},
      {"CL and TE", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400},
      {"CL 01", post + "Content-Length: 01\r\n\r\na", 400},
      {"CL 00", post + "Content-Length: 00\r\n\r\n", 400},
      {"CL +1", post + "Content-Length: +1\r\n\r\na", 400},
      {"CL -1", post + "Content-Length: -1\r\n\r\na", 400},
      {"CL 0x1", post + "Content-Length: 0x1\r\n\r\na", 400},
      {"CL empty", post + "Content-Length:\r\n\r\na", 400},
      {"CL list", post + "Content-Length: 1, 1\r\n\r\na", 400},
      {"CL twice", post + "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400},
      {"CL overflow", post + "Content-Length: 18446744073709551617\r\n\r\n", 400},
      {"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces before the target", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"two spaces before the version", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"space at the end", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", 400},
      {"tab for a space", "GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"8-bit target", "GET /\xc3\xa8 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"control byte in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"NUL escape", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"broken escape", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"bad escape", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"target without a slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"asterisk for GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"absolute without a host", "GET http:///a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"ftp target", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"HTTP/0.9", "GET /\r\n\r\n", 400},
      {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505},
      {"HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505},
      {"lower-case http", "GET / http/1.1\r\nHost: a\r\n\r\n", 400},
      {"ICE", "SOURCE /x ICE/1.0\r\nHost: a\r\n\r\n", 400},
      {"RTSP", "DESCRIBE / RTSP/1.0\r\n\r\n", 400},
      {"SOURCE", "SOURCE /x HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"TRACE", "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", 501},
      {"bad method", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"TLS hello", std::string("\x16\x03\x01\x02\x00\x01\n", 7), 400},
      {"many empty lines", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
      {"expectation", post + "Expect: a-pony\r\nContent-Length: 1\r\n\r\n", 417},
  };
  for (const Case& c : cases) {
    for (std::size_t step : {std::size_t(1), std::string::npos}) {
      INFO(c.what);
      Parsed p = parse(c.bytes, step);
      CHECK(p.status == c.status);
      CHECK_FALSE(p.reason.empty());
    }
  }
}

TEST_CASE("parser: broken chunked bodies and trailers are refused") {
  struct Case {
    const char* what;
    std::string body;
  };
  const Case cases[] = {
      {"size not hexadecimal", "x\r\n"},
      {"empty size", "\r\n"},
      {"negative size", "-1\r\n"},
      {"size with 0x", "0x1\r\na\r\n0\r\n\r\n"},
      {"blank before the size", " 1\r\na\r\n0\r\n\r\n"},
      {"size overflows", "10000000000000001\r\n"},
      {"LF after the size", "1\na\r\n0\r\n\r\n"},
      {"LF after the data", "1\r\na\n0\r\n\r\n"},
      {"data longer than its size", "1\r\nab\r\n0\r\n\r\n"},
      {"CL in the trailer", "0\r\nContent-Length: 1\r\n\r\n"},
      {"TE in the trailer", "0\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"host in the trailer", "0\r\nHost: b\r\n\r\n"},
      {"folded trailer", "0\r\nX: a\r\n b\r\n\r\n"},
      {"trailer ended by LF", "0\r\nX: a\n\r\n"},
      {"trailer block ended by LF", "0\r\nX: a\r\n\n"},
      {"empty trailer name", "0\r\n: a\r\n\r\n"},
      {"no colon in the trailer", "0\r\nabc\r\n\r\n"},
  };
  for (const Case& c : cases) {
    for (std::size_t step : {std::size_t(1), std::string::npos}) {
      INFO(c.what);
      Parsed p = parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + c.body, step);
      CHECK(p.status == 400);
    }
  }
}

TEST_CASE("parser: limits have their own statuses") {
  http::Limits limits;
  limits.header_bytes = 1000;
  limits.target_bytes = 100;
  limits.header_count = 5;
  limits.memory_body_bytes = 10;
  limits.body_bytes = 200;
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\n";
  std::string five = "GET / HTTP/1.1\r\nHost: a\r\nB: 1\r\nC: 1\r\nD: 1\r\nE: 1\r\n";
  struct Case {
    const char* what;
    std::string bytes;
    int status;
  };
  const Case cases[] = {
      {"target", "GET /" + std::string(100, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414},
      {"target without an end", "GET /" + std::string(900, 'a'), 414},
      {"target that fits", "GET /" + std::string(99, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 0},
      {"header bytes", field("X: " + std::string(1000, 'x')), 431},
      {"header without an end", "GET / HTTP/1.1\r\nX: " + std::string(2000, 'x'), 431},
      {"header count at the limit", five + "\r\n", 0},
      {"header count", five + "F: 1\r\n\r\n", 431},
      {"length", post + "Content-Length: 11\r\n\r\n", 413},
      {"length at the limit", post + "Content-Length: 10\r\n\r\n0123456789", 0},
      {"one chunk", post + "Transfer-Encoding: chunked\r\n\r\nb\r\n", 413},
      {"chunks", post + "Transfer-Encoding: chunked\r\n\r\n6\r\n123456\r\n5\r\n", 413},
      {"huge chunk", post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n", 413},
      {"multipart length", post + "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 201\r\n\r\n", 413},
      {"trailer", post + "Transfer-Encoding: chunked\r\n\r\n0\r\nX: " + std::string(2000, 'x'), 431},
  };
  for (const Case& c : cases) {
    for (std::size_t step : {std::size_t(1), std::size_t(500), std::string::npos}) {
      INFO(c.what << " step " << step);
      CHECK(parse(c.bytes, step, limits).status == c.status);
    }
  }
}

TEST_CASE("parser: chunk framing may not cost more than the body") {
  std::string bytes = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                      std::string(100 * 1024, 'x') + "\r\na\r\n0\r\n\r\n";
  CHECK(parse(bytes, 4096).status == 400);
  std::string small = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 50000; ++i) small += "1\r\na\r\n";
  CHECK(parse(small + "0\r\n\r\n", 4096).request.body.size() == 50000);
}

TEST_CASE("parser: keep-alive follows version and connection header") {
  auto stays = [](const std::string& version, const std::string& header) {
    Parsed p = parse("GET / " + version + "\r\nHost: a\r\n" + header + "\r\n");
    REQUIRE(p.status == 0);
    return p.keep_alive;
  };
  CHECK(stays("HTTP/1.1", ""));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: close\r\n"));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: x, Close\r\n"));
  CHECK_FALSE(stays("HTTP/1.1", "Connection: Upgrade\r\nUpgrade: h2c\r\n"));
  CHECK_FALSE(stays("HTTP/1.0", ""));
  CHECK(stays("HTTP/1.0", "Connection: keep-alive\r\n"));
  CHECK_FALSE(stays("HTTP/1.0", "Connection: keep-alive, close\r\n"));
}

TEST_CASE("parser: an upgrade is read as a plain request, body and all") {
  Parsed p = parse("POST /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\nrest");
  REQUIRE(p.status == 0);
  CHECK(p.request.body == "hi");
  CHECK_FALSE(p.keep_alive);
}

TEST_CASE("parser: targets are decoded and stay below the root") {
  struct Case {
    const char* target;
    const char* path;
    const char* query;
  };
  const Case cases[] = {
      {"/", "/", ""},
      {"/a/./b/../c", "/a/c", ""},
      {"/../../etc", "/etc", ""},
      {"/a/..", "/", ""},
      {"/a/b/..", "/a/", ""},
      {"/a/.", "/a/", ""},
      {"/%2e%2e/%2e/x", "/x", ""},
      {"/a%2f..%2f..%2fb", "/b", ""},
      {"/..a/b..", "/..a/b..", ""},
      {"/a//b", "/a//b", ""},
      {"/a?b=/../c", "/a", "b=/../c"},
      {"/a%3Fb", "/a?b", ""},
      {"/?", "/", ""},
      {"http://h/a?q", "/a", "q"},
      {"HTTP://h:80", "/", ""},
      {"https://[::1]:8/x", "/x", ""},
      {"http://h?q=1", "/", "q=1"},
  };
  for (const Case& c : cases) {
    INFO(c.target);
    auto target = http::parse_target(c.target, "GET");
    REQUIRE(target);
    CHECK(target->path == c.path);
    CHECK(target->query == c.query);
  }
  CHECK(http::parse_target("*", "OPTIONS")->path == "/");
}

TEST_CASE("parser: an absolute target replaces the host header") {
  Parsed p = parse("GET http://real.example/x?y HTTP/1.1\r\nHost: other\r\n\r\n");
  REQUIRE(p.status == 0);
  CHECK(p.request.header("host") == "real.example");
  CHECK(p.request.target == "/x?y");
  CHECK(p.request.path == "/x");
}

TEST_CASE("parser: a well-formed request id is taken over, another is not") {
  CHECK(parse(field("X-Request-Id: abc-1.2_3")).request.id == "abc-1.2_3");
  CHECK(parse(field("X-Request-Id: a b")).request.id.empty());
  CHECK(parse(field("X-Request-Id: " + std::string(65, 'a'))).request.id.empty());
}

TEST_CASE("parser: one empty line before a request is forgiven") {
  Parsed p = parse("\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n", 1);
  CHECK(p.status == 0);
  CHECK(p.request.path == "/x");
}

TEST_CASE("parser: a multipart body becomes parts") {
  std::string body = "--b\r\nContent-Disposition: form-data; name=\"f\"\r\n\r\nv\r\n--b--\r\n";
  std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n";
  Parsed p = parse(head + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body, 3);
  REQUIRE(p.status == 0);
  CHECK(p.request.body.empty());
  REQUIRE(p.request.parts.size() == 1);
  CHECK(p.request.parts[0].data == "v");
  CHECK(parse(head + "Content-Length: 4\r\n\r\n--b\r").status == 400);
  CHECK(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data\r\nContent-Length: 4\r\n\r\n").status == 400);
}
