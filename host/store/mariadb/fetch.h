// The rows of a running prepared statement, one by one, as the server sends them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/connection.h"
#include "store/mariadb/connection.h"

struct st_mysql_bind;

namespace host::store::mariadb {

class Fetch {
 public:
  // The statement was executed and has columns.
  Fetch(Connection& connection, st_mysql_stmt* statement, const std::string& table);
  ~Fetch();  // what is left is not taken: the server is told to stop
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;

  const std::shared_ptr<const Columns>& columns() const noexcept { return columns_; }
  base::Result<bool> step();
  void read(std::vector<Cell>& cells);

 private:
  enum class As : std::uint8_t { integer, real, decimal, text, blob };
  struct Field {
    As as = As::text;
    bool whole = false;  // a decimal without a fraction
    std::string text;
    std::int64_t integer = 0;
    double real = 0;
    unsigned long length = 0;
    char is_null = 0;
    char cut = 0;
  };
  void bind();
  base::Result<void> widen();

  Connection& connection_;
  st_mysql_stmt* statement_;
  const std::string& table_;
  std::shared_ptr<const Columns> columns_;
  std::vector<Field> fields_;
  std::unique_ptr<st_mysql_bind[]> binds_;
  bool over_ = false;
};

}  // namespace host::store::mariadb
