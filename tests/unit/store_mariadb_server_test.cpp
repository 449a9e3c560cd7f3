#include "store/mariadb/server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <thread>

#include "store/mariadb/read_session.h"
#include "store_fixture.h"

using namespace store_test;
using base::Code;
using store::mariadb::ReadSession;
using store::mariadb::Server;

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

static std::string replaced(std::string text, const std::string& from, const std::string& to) {
  auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("when the first server is away the next one is asked") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
  std::string url = replaced(place.url, "root@", "root@127.0.0.1:1,");
  auto opened = store::open(url);
  REQUIRE(opened);
  Lane lane(**opened);
  REQUIRE(lane.write({sql("INSERT INTO t (id) VALUES (1)")}));
  CHECK(count(lane, "SELECT count(*) FROM t") == 1);
}

TEST_CASE("no server, a wrong account, no such database: unavailable, and no password in the words") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY);");
  for (const std::string& url : {replaced(place.url, "root@", "nobody:s3cret@"), place.url + "_none",
                                 std::string("mysql://root:s3cret@127.0.0.1:1/x")}) {
    auto opened = store::open(url);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().code == Code::unavailable);
    CHECK(opened.error().message.find("s3cret") == std::string::npos);
  }
}

// As a machine that is stopped or out of reach: its sockets are there, and nobody answers.
TEST_CASE("a server that falls silent is given up, its reads are asked again elsewhere") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  auto idle = ReadSession::open(server);
  REQUIRE(session);
  REQUIRE(idle);
  REQUIRE((*session)->run(sql("SELECT count(*) FROM t"), {}, {}));
  it.gate.shut();
  auto rows = (*session)->run(sql("SELECT count(*) FROM t"), {}, {});
  REQUIRE(rows);
  CHECK(rows->cell(0, 0).integer == 2);
  CHECK_FALSE((*idle)->reusable());  // of the same server: nobody waits for it once more
  CHECK((*idle)->run(sql("SELECT 1"), {}, {}));
  auto columns = (*idle)->table_columns("t");
  CHECK(columns);
}

TEST_CASE("a server that is silent from the start is passed by, and is used once it answers") {
  TwoWays it;
  it.address.hosts.pop_back();
  it.gate.shut();
  Server server(it.address, false, TwoWays::times());
  Server::Running session;
  auto refused = server.open(session);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Code::unavailable);
  CHECK(refused.error().kind == "away");
  // Known to be away: who asks is not kept waiting, whatever the time a connection may take.
  for (int i = 0; i < 100; ++i) CHECK_FALSE(server.open(session));
  it.gate.open();
  auto opened = server.open(session);
  for (int i = 0; i < 1000 && !opened; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    opened = server.open(session);
  }
  CHECK(opened);
}

TEST_CASE("a statement that takes long on a server that answers is left alone") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  REQUIRE(session);
  auto rows = (*session)->run(sql("SELECT sleep(2)"), {}, {});
  REQUIRE(rows);
  CHECK(rows->cell(0, 0).integer == 0);
}

TEST_CASE("rows that are lost half-way are an error, not fewer rows") {
  TwoWays it;
  Server server(it.address, false, TwoWays::times());
  auto session = ReadSession::open(server);
  REQUIRE(session);
  (*session)->set_stop({store::Clock::now() + std::chrono::minutes(1), nullptr});
  auto query = sql("SELECT repeat('x', 1000), seq FROM seq_1_to_1000000");
  auto rows = (*session)->open_cursor(query);
  REQUIRE(rows);
  REQUIRE((*rows)->step());
  it.gate.shut();
  base::Result<bool> more = true;
  while (more && *more) more = (*rows)->step();
  REQUIRE_FALSE(more);
  CHECK(more.error().code == Code::unavailable);
  (*session)->set_stop({});
}

// What a restart of the server, or its administrator, does to sessions that idle.
TEST_CASE("sessions that the server closed are opened anew") {
  Place place("mariadb", "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);");
  auto database = place.open({.reader_threads = 1, .writer_threads = 1});
  Lane lane(*database);
  REQUIRE(lane.write({sql("INSERT INTO t (id) VALUES (1)")}));
  REQUIRE(lane.query(sql("SELECT 1")));
  auto root = place.outside();
  auto others = root->run(sql("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"));
  REQUIRE(others);
  REQUIRE(others->size() >= 2);
  for (std::size_t i = 0; i < others->size(); ++i) REQUIRE(root->script("KILL " + others->text(i, 0)));
  CHECK(lane.write({sql("INSERT INTO t (id) VALUES (2)")}));
  CHECK(lane.query(sql("SELECT 1")));
  CHECK(count(lane, "SELECT count(*) FROM t") == 2);
}
