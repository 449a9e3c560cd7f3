// A session that reads, opened anew when its server is lost, at another server if need be: what was only read
// can be asked once more. Used by one thread at a time.
#pragma once

#include <memory>

#include "store/mariadb/connection.h"

namespace host::store::mariadb {

class ReadSession final : public store::Connection {
 public:
  // The server outlives it.
  static base::Result<std::unique_ptr<ReadSession>> open(Server& server);

  base::Result<Rows> run(const Query& query, const Limits& limits, Stop stop) override;
  // Rows that were lost half-way are lost.
  base::Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) override;
  void set_stop(Stop stop) noexcept override;
  base::Result<std::vector<Column>> table_columns(const std::string& table) override;
  bool reusable() const noexcept override { return inside_ && inside_->reusable(); }

 private:
  explicit ReadSession(Server& server) : server_(server) {}
  template <typename Act>
  auto with_session(const Stop& stop, Act act) -> decltype(act(std::declval<mariadb::Connection&>()));

  Server& server_;
  std::unique_ptr<mariadb::Connection> inside_;  // null: to be opened
  Stop stop_;
};

}  // namespace host::store::mariadb
