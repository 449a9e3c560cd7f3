// A raw HTTP client and a running server on one loop, for the tests of host/http.
#pragma once

#include <zlib.h>

#include <catch2/catch.hpp>

#include <memory>
#include <string>
#include <vector>

#include "http/server.h"
#include "loop/loop.h"
#include "loop/tcp.h"
#include "support/turn.h"

namespace test {

using namespace host;

// Bytes out, bytes in, nothing understood.
class Peer {
 public:
  Peer(loop::Loop& loop, const loop::Address& address) : loop_(loop) {
    auto connecting = loop::connect(loop, address, 2000, [&](auto stream) {
      REQUIRE(stream);
      stream_ = std::move(*stream);
    });
    REQUIRE(turn_until(loop, [&] { return stream_ != nullptr; }));
    stream_->start_reading([this](base::Result<std::string_view> bytes) {
      if (!bytes || bytes->empty()) {
        closed = true;
        reset = !bytes;
      } else {
        received += *bytes;
      }
    });
  }

  void send(std::string bytes) { stream_->write(std::move(bytes)); }
  void finish() { stream_->finish_writing(); }
  void hang_up() { stream_.reset(); }
  void pause() { stream_->pause_reading(); }
  void resume() { stream_->resume_reading(); }

  std::string wait_for(const std::string& text) {
    INFO("received: " << received);
    bool found = turn_until(
        loop_, [&] { return received.find(text) != std::string::npos; });
    CHECK(found);
    return received;
  }
  std::string wait_for_close() {
    INFO("received: " << received);
    bool ended = turn_until(loop_, [&] { return closed; });
    CHECK(ended);
    return received;
  }
  std::string take() { return std::exchange(received, {}); }

  std::string received;
  bool closed = false;
  bool reset = false;

 private:
  loop::Loop& loop_;
  std::unique_ptr<loop::Stream> stream_;
};

// What the observer saw, kept.
struct Seen {
  std::string path;
  std::string id;
  std::string route;
  std::string note;
  int status;
  std::uint64_t bytes;
  bool aborted;
};

struct Fixture {
  explicit Fixture(http::Handler handler, http::Limits limits = {}) {
    server = std::make_unique<http::Server>(
        loop, limits, std::move(handler), [this](const http::Finished& f) {
          seen.push_back({std::string(f.path), std::string(f.id), std::string(f.route),
                          std::string(f.note), f.status, f.bytes, f.aborted});
        });
    auto port = server->listen({"127.0.0.1", 0, ""}, false);
    REQUIRE(port);
    address = {"127.0.0.1", *port, ""};
  }

  Peer connect() { return Peer(loop, address); }

  // One request on its own connection; all bytes until the server closes.
  std::string exchange(const std::string& request) {
    Peer peer(loop, address);
    peer.send(request);
    return peer.wait_for_close();
  }

  loop::Loop loop;
  std::vector<Seen> seen;
  std::unique_ptr<http::Server> server;
  loop::Address address;
};

// A request that asks for the end of the connection.
inline std::string get(const std::string& target, const std::string& headers = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers + "\r\n";
}

inline std::string body_of(const std::string& answer) {
  std::size_t at = answer.find("\r\n\r\n");
  return at == std::string::npos ? "" : answer.substr(at + 4);
}

inline bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// The bytes of a chunked body; "broken" when its framing is.
inline std::string unchunk(std::string body) {
  std::string out;
  for (;;) {
    std::size_t end = body.find("\r\n");
    if (end == std::string::npos) return "broken";
    std::size_t size = std::stoul(body.substr(0, end), nullptr, 16);
    if (body.size() < end + 2 + size + 2) return "broken";
    if (size == 0) return out;
    out += body.substr(end + 2, size);
    body.erase(0, end + 2 + size + 2);
  }
}

inline std::string gunzip(const std::string& bytes) {
  z_stream z{};
  inflateInit2(&z, 15 + 16);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  char room[16384];
  int code = Z_OK;
  while (code == Z_OK) {
    z.next_out = reinterpret_cast<Bytef*>(room);
    z.avail_out = sizeof room;
    code = inflate(&z, Z_NO_FLUSH);
    out.append(room, sizeof room - z.avail_out);
  }
  inflateEnd(&z);
  return code == Z_STREAM_END ? out : "broken";
}

}  // namespace test
