// The servers of an address: opens sessions on the first that can be used, ends statements that run
// over their time, from a connection of its own, and gives up a server that falls silent or refuses to
// work: its sessions are cut, and nobody waits for it again until it was tried in the background.
// Thread-safe; outlives its connections.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "store/connection.h"
#include "store/mariadb/address.h"

struct st_mysql;

namespace host::store::mariadb {

struct Close {
  void operator()(st_mysql* session) const noexcept;
};
using Wire = std::unique_ptr<st_mysql, Close>;  // a session on one of them

// Whether the error is the client library's: the server is gone, nobody knows what it did.
constexpr bool lost(unsigned code) { return (code >= 2000 && code < 3000) || (code >= 5000 && code < 6000); }

// Whether a server said so instead of doing anything: a node of a cluster without quorum, or that is not
// ready yet. What it was asked for is not done.
bool refused(unsigned code);

// Whether the session ended with the error, whatever the server had done by then.
bool ended(unsigned code);

// What can go wrong with a session, in our words.
base::Error failure(unsigned code, std::string_view state, std::string_view message);

// A statement of our own on a session that is no Connection.
base::Result<void> execute_on(const Wire& wire, const std::string& sql);

struct ServerTimes {
  std::chrono::milliseconds silence{1000};   // of a statement, before its server is asked whether it is there
  std::chrono::milliseconds first_pause{250};  // before a server that was given up is tried again; doubles
  std::chrono::milliseconds last_pause{2000};
  unsigned answer_seconds = 5;               // to a connection, and to that question
};

class Server {
 public:
  // A session's place; and a statement of it while it runs. Its connection's own.
  struct Running {
    unsigned long id = 0;  // of the session, on its host
    std::size_t host = 0;
    unsigned losses = 0;  // of the host, when the session was opened
    int descriptor = -1;
    Stop stop;
    // Under the mutex.
    Clock::time_point since;
    bool ending = false;  // KILL is on its way
    bool ended = false;   // and has arrived
    Clock::time_point cut_at = Clock::time_point::max();
  };

  // `loud`: what becomes of its servers is logged.
  explicit Server(Address address, bool loud = false, ServerTimes times = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Address& address() const noexcept { return address_; }
  // `several`: statements in one text, for schema files. Sets where `session` is. No server that can be
  // used: at once, when all are known to be away.
  base::Result<Wire> open(Running& session, bool several = false, bool in_database = true);
  // Whether its server was given up since it was opened.
  bool stale(const Running& session) const { return nodes_[session.host].losses != session.losses; }
  // The server says that it cannot be used: all its sessions are cut.
  void give_up(const Running& session, const std::string& reason);
  // What it answers is of no use to this session: the others are asked first.
  void doubt(const Running& session);

  void watch(Running& running);
  // From here on nothing ends it. true: it was ended.
  bool unwatch(Running& running);
  // Whether it was told to stop.
  bool has_ended(const Running& running);
  // Now, whatever its time.
  void end(Running& running);

 private:
  struct Node {
    std::atomic<unsigned> losses{0};
    // Under the mutex.
    bool away = false;  // tried by its own thread alone
    Clock::time_point again, back;
    std::chrono::milliseconds pause{};
    std::string reason;
    std::thread thread;
  };
  enum class Use { session, several, outside, question, trial };

  Wire connect(std::size_t host, Use use) const;
  base::Result<void> connected(std::size_t host, const Wire& wire) const;
  base::Result<void> settle(const Wire& wire) const;
  base::Result<Wire> open_at(Running& session, Use use);
  void leave(std::size_t host, const std::string& reason);
  void lose(std::size_t host, const std::string& reason);
  std::string name(std::size_t host) const;
  void work();
  void end_statement(std::unique_lock<std::mutex>& lock, Running& running);
  void look_after(std::size_t host);
  void try_again(std::unique_lock<std::mutex>& lock, std::size_t host);
  void ask(std::unique_lock<std::mutex>& lock, std::size_t host, Wire& wire);

  const Address address_;
  const bool loud_;
  const ServerTimes times_;
  std::atomic<std::size_t> good_{0};  // the host that answered last
  std::mutex mutex_;
  std::condition_variable wake_, done_, stop_;
  std::set<Running*> running_;
  bool stopping_ = false;
  std::map<std::size_t, Wire> killers_;  // the thread's own, by host
  std::vector<Node> nodes_;  // as the hosts of the address
  std::thread thread_;
};

}  // namespace host::store::mariadb
