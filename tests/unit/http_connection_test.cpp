// Answers whose body is more than one write: streams, long texts, files.
#include "http/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "http/precondition.h"
#include "support/http_peer.h"

using namespace test;
using http::Request;
using http::Respond;
using http::Response;

namespace {

using Done = base::Function<void(base::Result<std::string>)>;

// Gives its pieces one per turn, and counts how it is used.
class Pieces final : public http::ChunkSource {
 public:
  Pieces(loop::Loop& loop, std::vector<std::string> pieces, int& asked, int& gone, bool fails)
      : loop_(loop), pieces_(std::move(pieces)), asked_(asked), gone_(gone), fails_(fails) {}
  ~Pieces() override { ++gone_; }
  loop::Pending next(Done done) override {
    ++asked_;
    base::Result<std::string> piece = std::string();
    if (at_ < pieces_.size()) {
      piece = pieces_[at_++];
    } else if (fails_) {
      piece = base::unavailable("the source broke");
    }
    return loop_.later([done = std::move(done), piece = std::move(piece)]() mutable {
      done(std::move(piece));
    });
  }

 private:
  loop::Loop& loop_;
  std::vector<std::string> pieces_;
  std::size_t at_ = 0;
  int& asked_;
  int& gone_;
  bool fails_;
};

// A source that never has anything.
class Silent final : public http::ChunkSource {
 public:
  explicit Silent(int& dropped) : dropped_(dropped) {}
  loop::Pending next(Done done) override {
    done_ = std::move(done);
    return loop::Pending::cancelled_by([this] { ++dropped_; });
  }

 private:
  int& dropped_;
  Done done_;
};

struct Streams {
  explicit Streams(std::vector<std::string> pieces, bool fails = false)
      : pieces(std::move(pieces)), fixture([this, fails](Request, Respond respond) {
          Response response;
          response.set("Content-Type", "text/csv");
          response.body = std::make_unique<Pieces>(fixture.loop, this->pieces, asked, gone, fails);
          respond(std::move(response));
          return loop::Pending();
        }) {}
  std::vector<std::string> pieces;
  int asked = 0;
  int gone = 0;
  Fixture fixture;
};

struct FileServer {
  FileServer() : fixture([this](Request, Respond respond) {
          Response response;
          response.set("Content-Type", "audio/wav");
          http::FileBody body;
          body.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
          body.size = content.size();
          body.modified = 784111777;  // Sun, 06 Nov 1994 08:49:37 GMT
          last_descriptor = body.descriptor;
          response.body = body;
          respond(std::move(response));
          return loop::Pending();
        }) {
    path = "/tmp/patchbay-test-file-" + std::to_string(::getpid());
    for (int i = 0; content.size() < 1'000'000; ++i) content += std::to_string(i) + ",";
    write(content);
  }
  ~FileServer() { ::unlink(path.c_str()); }
  void write(const std::string& bytes) {
    int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    ::close(file);
  }
  bool descriptor_closed() { return ::fcntl(last_descriptor, F_GETFD) == -1; }

  std::string path;
  std::string content;
  int last_descriptor = -1;
  Fixture fixture;
};

}  // namespace

TEST_CASE("connection: a source is sent in chunks, then the connection goes on") {
  Streams s({"a,b\n", std::string(100'000, 'x'), "end"});
  Peer peer = s.fixture.connect();
  peer.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
  peer.wait_for("\r\n0\r\n\r\n");
  std::string answer = peer.take();
  CHECK(has(answer, "Transfer-Encoding: chunked\r\n"));
  CHECK_FALSE(has(answer, "Content-Length"));
  CHECK(unchunk(body_of(answer)) == "a,b\n" + std::string(100'000, 'x') + "end");
  CHECK(s.fixture.seen[0].bytes == answer.size());
  peer.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
  peer.wait_for("\r\n0\r\n\r\n");
  turn_for(s.fixture.loop, 5);
  CHECK(s.gone == 2);
}

TEST_CASE("connection: HTTP/1.0 gets a source up to the close") {
  Streams s({"a", "b"});
  std::string answer = s.fixture.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK_FALSE(has(answer, "chunked"));
  CHECK(has(answer, "Connection: close\r\n"));
  CHECK(body_of(answer) == "ab");
}

TEST_CASE("connection: HEAD of a source asks it nothing") {
  Streams s({"a", "b"});
  std::string answer =
      s.fixture.exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(body_of(answer).empty());
  CHECK(s.asked == 0);
  CHECK(s.gone == 1);
}

TEST_CASE("connection: a source that fails cuts the connection, so the client knows") {
  Streams s({"a"}, true);
  auto before = base::log::warnings();
  std::string answer = s.fixture.exchange(get("/"));
  CHECK_FALSE(has(answer, "\r\n0\r\n"));
  CHECK(base::log::warnings() == before + 1);
}

TEST_CASE("connection: a source is not asked while the client does not read") {
  std::vector<std::string> pieces(1000, std::string(256 * 1024, 'x'));
  Streams s(pieces);
  Peer peer = s.fixture.connect();
  peer.pause();
  peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  turn_for(s.fixture.loop, 200);
  int asked = s.asked;
  CHECK(asked < 100);
  peer.hang_up();
  REQUIRE(turn_until(s.fixture.loop, [&] { return s.gone == 1; }));
  CHECK(s.asked <= asked + 1);
  CHECK(s.fixture.seen.at(0).aborted);
}

TEST_CASE("connection: a client that leaves a silent stream is noticed") {
  int dropped = 0;
  Fixture f([&](Request, Respond respond) {
    Response response;
    response.set("Content-Type", "text/event-stream");
    response.body = std::make_unique<Silent>(dropped);
    respond(std::move(response));
    return loop::Pending();
  });
  Peer peer = f.connect();
  peer.send("GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  std::string head = peer.wait_for("\r\n\r\n");
  CHECK_FALSE(has(head, "gzip"));
  peer.hang_up();
  CHECK(turn_until(f.loop, [&] { return dropped == 1; }));
}

TEST_CASE("connection: a long text leaves whole") {
  std::string body;
  for (int i = 0; i < 1'000'000; ++i) body += std::to_string(i);
  Fixture f([&](Request, Respond respond) {
    Response response;
    response.body = body;
    respond(std::move(response));
    return loop::Pending();
  });
  std::string answer = f.exchange(get("/"));
  CHECK(has(answer, "Content-Length: " + std::to_string(body.size()) + "\r\n"));
  CHECK(body_of(answer) == body);
}

TEST_CASE("connection: a client that only stops sending still gets its long answer") {
  std::string body(3'000'000, 'x');
  Fixture f([&](Request, Respond respond) {
    Response response;
    response.body = body;
    respond(std::move(response));
    return loop::Pending();
  });
  Peer peer = f.connect();
  peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  peer.finish();
  CHECK(body_of(peer.wait_for_close()) == body);
}

TEST_CASE("connection: gzip for who accepts it and where it pays") {
  struct Case {
    const char* what;
    std::size_t size;
    const char* type;
    const char* accept;
    std::vector<http::Header> extra;
    bool zipped;
    bool varies;
  };
  const Case cases[] = {
      {"json", 5000, "application/json; charset=utf-8", "gzip, deflate", {}, true, true},
      {"long, in a stream", 2'000'000, "text/csv", "gzip", {}, true, true},
      {"any", 5000, "text/html", "*", {}, true, true},
      {"not accepted", 5000, "text/html", "br", {}, false, true},
      {"no header", 5000, "text/html", "", {}, false, true},
      {"refused by weight", 5000, "text/html", "gzip;q=0, *", {}, false, true},
      {"refused by weight 0.0", 5000, "text/html", "gzip;q=0.0", {}, false, true},
      {"weighted", 5000, "text/html", "br;q=1.0, gzip;q=0.8", {}, true, true},
      {"small", 1000, "text/html", "gzip", {}, false, false},
      {"sound", 5000, "audio/wav", "gzip", {}, false, false},
      {"already encoded", 5000, "text/html", "gzip", {{"Content-Encoding", "br"}}, false, false},
      {"strong etag", 5000, "text/html", "gzip", {{"ETag", "\"a\""}}, false, false},
      {"weak etag", 5000, "text/html", "gzip", {{"ETag", "W/\"a\""}}, true, true},
      {"no-transform", 5000, "text/html", "gzip", {{"Cache-Control", "no-transform"}}, false, false},
  };
  for (const Case& c : cases) {
    INFO(c.what);
    std::string body;
    while (body.size() < c.size) body += std::to_string(body.size()) + " line of text\n";
    body.resize(c.size);
    Fixture f([&](Request, Respond respond) {
      Response response;
      response.set("Content-Type", c.type);
      for (auto& header : c.extra) response.headers.push_back(header);
      response.body = body;
      respond(std::move(response));
      return loop::Pending();
    });
    std::string header = *c.accept ? std::string("Accept-Encoding: ") + c.accept + "\r\n" : "";
    std::string answer = f.exchange(get("/", header));
    CHECK(has(answer, "Content-Encoding: gzip\r\n") == c.zipped);
    CHECK(has(answer, "Vary: Accept-Encoding\r\n") == c.varies);
    std::string sent = body_of(answer);
    if (has(answer, "chunked")) sent = unchunk(sent);
    CHECK((c.zipped ? gunzip(sent) : sent) == body);
    if (c.zipped) CHECK(sent.size() < body.size());
  }
}

TEST_CASE("connection: a source is gzipped as it goes") {
  std::vector<std::string> pieces(50, std::string(10'000, 'y'));
  Streams s(pieces);
  std::string answer = s.fixture.exchange(get("/", "Accept-Encoding: gzip\r\n"));
  CHECK(has(answer, "Content-Encoding: gzip\r\n"));
  CHECK(gunzip(unchunk(body_of(answer))) == std::string(500'000, 'y'));
}

TEST_CASE("connection: files, whole and in ranges") {
  FileServer s;
  const std::string size = std::to_string(s.content.size());
  std::string whole = s.fixture.exchange(get("/", "Accept-Encoding: gzip\r\n"));
  CHECK(whole.rfind("HTTP/1.1 200 ", 0) == 0);
  CHECK(has(whole, "Content-Length: " + size + "\r\n"));
  CHECK(has(whole, "Accept-Ranges: bytes\r\n"));
  CHECK(has(whole, "Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\n"));
  CHECK(body_of(whole) == s.content);
  CHECK(s.descriptor_closed());
  struct Case {
    const char* range;
    int status;
    std::size_t from;
    std::size_t length;
  };
  std::size_t n = s.content.size();
  const Case cases[] = {
      {"bytes=0-0", 206, 0, 1},
      {"bytes=10-19", 206, 10, 10},
      {"bytes=10-", 206, 10, n - 10},
      {"bytes=-5", 206, n - 5, 5},
      {"bytes=-99999999", 206, 0, n},
      {"bytes=5-99999999", 206, 5, n - 5},
      {"Bytes = 1-2", 200, 0, n},
      {"bytes=99999999-", 416, 0, 0},
      {"bytes=-0", 416, 0, 0},
      {"bytes=5-4", 200, 0, n},
      {"bytes=0-1,5-6", 200, 0, n},
      {"bytes=a-b", 200, 0, n},
      {"bytes=-", 200, 0, n},
      {"lines=1-2", 200, 0, n},
      {"bytes=99999999999999999999-", 200, 0, n},
  };
  for (const Case& c : cases) {
    INFO(c.range);
    std::string answer = s.fixture.exchange(get("/", std::string("Range: ") + c.range + "\r\n"));
    CHECK(answer.rfind("HTTP/1.1 " + std::to_string(c.status), 0) == 0);
    CHECK(body_of(answer) == s.content.substr(c.from, c.length));
    if (c.status == 206) {
      CHECK(has(answer, "Content-Range: bytes " + std::to_string(c.from) + "-" +
                            std::to_string(c.from + c.length - 1) + "/" + size + "\r\n"));
    }
    if (c.status == 416) CHECK(has(answer, "Content-Range: bytes */" + size + "\r\n"));
    CHECK(s.descriptor_closed());
  }
}

TEST_CASE("connection: conditional requests for files") {
  FileServer s;
  std::string whole = s.fixture.exchange("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(body_of(whole).empty());
  CHECK(s.descriptor_closed());
  std::size_t at = whole.find("ETag: ") + 6;
  std::string etag = whole.substr(at, whole.find("\r\n", at) - at);
  REQUIRE(etag.size() > 4);
  const std::string date = "Sun, 06 Nov 1994 08:49:37 GMT";
  const std::string older = "Sun, 06 Nov 1994 08:49:36 GMT";
  struct Case {
    std::string headers;
    int status;
  };
  const Case cases[] = {
      {"If-None-Match: " + etag + "\r\n", 304},
      {"If-None-Match: \"x\", W/" + etag + "\r\n", 304},
      {"If-None-Match: *\r\n", 304},
      {"If-None-Match: \"x\"\r\n", 200},
      {"If-Modified-Since: " + date + "\r\n", 304},
      {"If-Modified-Since: " + older + "\r\n", 200},
      {"If-Modified-Since: yesterday\r\n", 200},
      {"If-None-Match: \"x\"\r\nIf-Modified-Since: " + date + "\r\n", 200},
      {"If-Match: " + etag + "\r\n", 200},
      {"If-Match: \"x\"\r\n", 412},
      {"If-Match: W/" + etag + "\r\n", 412},
      {"If-Unmodified-Since: " + older + "\r\n", 412},
      {"If-Unmodified-Since: " + date + "\r\n", 200},
      {"Range: bytes=0-3\r\nIf-Range: " + etag + "\r\n", 206},
      {"Range: bytes=0-3\r\nIf-Range: \"x\"\r\n", 200},
      {"Range: bytes=0-3\r\nIf-Range: W/" + etag + "\r\n", 200},
      {"Range: bytes=0-3\r\nIf-Range: " + date + "\r\n", 206},
      {"Range: bytes=0-3\r\nIf-Range: " + older + "\r\n", 200},
      {"Range: bytes=0-3\r\nIf-None-Match: " + etag + "\r\n", 304},
  };
  for (const Case& c : cases) {
    INFO(c.headers);
    std::string answer = s.fixture.exchange(get("/", c.headers));
    CHECK(answer.rfind("HTTP/1.1 " + std::to_string(c.status), 0) == 0);
    if (c.status >= 300) CHECK(body_of(answer).empty());
    CHECK(s.descriptor_closed());
  }
}

TEST_CASE("connection: a file that shrank cuts the connection") {
  FileServer s;
  s.write("short");
  std::string answer = s.fixture.exchange(get("/"));
  CHECK(body_of(answer) == "short");
  CHECK(s.descriptor_closed());
}

TEST_CASE("connection: a client that leaves in the middle of a file leaves nothing open") {
  FileServer s;
  {
    Peer peer = s.fixture.connect();
    peer.pause();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    turn_for(s.fixture.loop, 20);
  }
  REQUIRE(turn_until(s.fixture.loop, [&] { return s.fixture.server->connections() == 0; }));
  CHECK(turn_until(s.fixture.loop, [&] { return s.descriptor_closed(); }));
}

TEST_CASE("connection: a file for a client that has gone is closed") {
  Respond kept;
  Fixture f([&](Request, Respond respond) {
    kept = std::move(respond);
    return loop::Pending();
  });
  {
    Peer peer = f.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(turn_until(f.loop, [&] { return bool(kept); }));
  }
  REQUIRE(turn_until(f.loop, [&] { return f.server->connections() == 0; }));
  int descriptor = ::open("/dev/null", O_RDONLY);
  Response response;
  response.body = http::FileBody{descriptor, 0, 0};
  kept(std::move(response));
  CHECK(::fcntl(descriptor, F_GETFD) == -1);
}

TEST_CASE("connection: dates are written and read") {
  CHECK(http::http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT") == 784111777);
  for (const char* bad : {"", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Foo 1994 08:49:37 GMT",
                          "Sun, xx Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    CHECK_FALSE(http::parse_http_date(bad));
  }
}
