// The servers of an address: opens sessions on the first that answers, and ends statements that
// run over their time, from a connection of its own. Thread-safe; outlives its connections.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <set>
#include <thread>

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

// What can go wrong with a session, in our words.
base::Error failure(unsigned code, std::string_view state, std::string_view message);

// A statement of our own on a session that is no Connection.
base::Result<void> execute_on(const Wire& wire, const std::string& sql);

class Server {
 public:
  // A statement while it runs; its connection's own.
  struct Running {
    unsigned long id = 0;  // of the session, on its host
    std::size_t host = 0;
    int descriptor = -1;
    Stop stop;
    // Under the mutex.
    bool ending = false;  // KILL is on its way
    bool ended = false;   // and has arrived
    Clock::time_point cut_at = Clock::time_point::max();
  };

  explicit Server(Address address);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const Address& address() const noexcept { return address_; }
  // `several`: statements in one text, for schema files. Sets `host` to the one that answered.
  base::Result<Wire> open(std::size_t& host, bool several = false, bool in_database = true);

  void watch(Running& running);
  // From here on nothing ends it. true: it was ended.
  bool unwatch(Running& running);
  // Whether it was told to stop.
  bool has_ended(const Running& running);
  // Now, whatever its time.
  void end(Running& running);

 private:
  base::Result<Wire> open_at(std::size_t host, bool several, bool in_database) const;
  void work();
  void end_statement(std::unique_lock<std::mutex>& lock, Running& running);

  const Address address_;
  std::atomic<std::size_t> good_{0};  // the host that answered last
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::set<Running*> running_;
  bool stopping_ = false;
  std::map<std::size_t, Wire> killers_;  // the thread's own, by host
  std::thread thread_;
};

}  // namespace host::store::mariadb
