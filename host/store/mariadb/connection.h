// One session on a MariaDB server with its prepared statements. Used by one thread at a time;
// with server.cpp the only place that knows the library.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/connection.h"
#include "store/mariadb/dialect.h"
#include "store/mariadb/server.h"

struct st_mysql_stmt;

namespace host::store::mariadb {

enum class Role {
  reader,
  writer,
  direct,  // command line and migrations: may do anything
};

class Connection final : public store::Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(Server& server, Role role);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  base::Result<Rows> run(const Query& query, const Limits& limits, Stop stop) override;
  base::Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) override;
  void set_stop(Stop stop) noexcept override;
  base::Result<std::vector<Column>> table_columns(const std::string& table) override;
  bool reusable() const noexcept override { return !broken_ && !server_.stale(running_); }

  // Our own statements, one or several: no parameters, no rows.
  base::Result<void> execute(std::string_view sql);
  // Whether its server closed it, as far as is known here: nothing that is sent from now on is done.
  bool closed() const noexcept;
  // Of the last error: the transaction was rolled back as a whole, and may be tried again.
  bool rolled_back() const noexcept;
  // Of the last error: the server said so instead of doing what it was asked for.
  bool refused() const noexcept { return mariadb::refused(last_error_); }

 private:
  friend class Fetch;
  struct CloseStatement {
    void operator()(st_mysql_stmt* statement) const noexcept;
  };
  struct Entry {
    std::string sql;
    Statement statement;
    std::unique_ptr<st_mysql_stmt, CloseStatement> prepared;
    bool used = false;
  };
  using Cache = std::list<Entry>;  // most recently used first

  Connection(Server& server, Role role) : server_(server), role_(role) {}
  base::Result<Entry*> prepare(const std::string& sql);
  base::Result<void> start(Entry& entry, const Query& query);
  base::Error error(st_mysql_stmt* statement, const std::string& table);
  base::Error error(unsigned code, std::string_view state, std::string_view message, const std::string& table);
  std::vector<std::string> columns_of_key(std::string_view message, const std::string& table);
  base::Error gone() const;
  void begin_watch(Stop stop);
  void end_watch();

  Server& server_;
  const Role role_;
  Wire wire_;
  Server::Running running_;
  bool watched_ = false;
  bool fetching_ = false;  // a result is not at its end
  bool stopped_ = false;   // and was told to end there
  bool broken_ = false;
  unsigned last_error_ = 0;
  Cache cache_;
  std::unordered_map<std::string_view, Cache::iterator> by_sql_;
};

}  // namespace host::store::mariadb
