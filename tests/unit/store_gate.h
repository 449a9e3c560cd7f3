// A MariaDB server that can be made to fall silent, and two ways to it.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "store/mariadb/server.h"
#include "store_fixture.h"

namespace store_test {

// Stands before a server until it is told to pass nothing on any more, in either direction.
class Gate {
 public:
  explicit Gate(std::uint16_t behind) : behind_(behind), listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = local(0);
    REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener_, 16) == 0);
    socklen_t size = sizeof address;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
    thread_ = std::thread([this] { work(); });
  }
  ~Gate() {
    over_ = true;
    thread_.join();
    for (auto& [one, other] : pairs_) ::close(one), ::close(other);
    ::close(listener_);
  }
  void shut() { shut_ = true; }
  void open() { shut_ = false; }

  std::uint16_t port = 0;

 private:
  static sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }
  void work() {
    while (!over_) {
      if (shut_) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        continue;
      }
      std::vector<pollfd> polled{{listener_, POLLIN, 0}};
      for (auto& [one, other] : pairs_) polled.push_back({one, POLLIN, 0}), polled.push_back({other, POLLIN, 0});
      if (::poll(polled.data(), polled.size(), 10) <= 0 || shut_) continue;
      for (std::size_t i = polled.size() - 1; i > 0; --i) {
        auto& [one, other] = pairs_[(i - 1) / 2];
        if ((polled[i].revents & (POLLIN | POLLHUP)) == 0) continue;
        bool first = i % 2 == 1;
        char bytes[65536];
        ssize_t got = ::recv(first ? one : other, bytes, sizeof bytes, 0);
        if (got > 0) {
          (void)::send(first ? other : one, bytes, static_cast<std::size_t>(got), MSG_NOSIGNAL);
        } else {
          ::shutdown(first ? other : one, SHUT_WR);
        }
      }
      if (polled[0].revents == 0) continue;
      int in = ::accept(listener_, nullptr, nullptr), out = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      sockaddr_in address = local(behind_);
      if (::connect(out, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) pairs_.emplace_back(in, out);
    }
  }

  const std::uint16_t behind_;
  const int listener_;
  std::vector<std::pair<int, int>> pairs_;
  std::atomic<bool> over_ = false, shut_ = false;
  std::thread thread_;
};

// Two ways to one server, one of them by a gate; quick to lose patience.
struct TwoWays {
  Place place{"mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t (id) VALUES (1), (2);"};
  store::mariadb::Address address = *store::mariadb::parse_address(place.url);
  Gate gate{address.hosts[0].port};

  TwoWays() { address.hosts.insert(address.hosts.begin(), {"127.0.0.1", gate.port}); }
  static store::mariadb::ServerTimes times() {
    store::mariadb::ServerTimes times;
    times.silence = times.first_pause = times.last_pause = std::chrono::milliseconds(100);
    times.answer_seconds = 1;
    return times;
  }
};

}  // namespace store_test
