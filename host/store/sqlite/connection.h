// One SQLite connection with its prepared statements. Used by one thread at a time;
// the only place that knows the library. Everything above speaks Query and Rows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/connection.h"

struct sqlite3;
struct sqlite3_stmt;

namespace host::store::sqlite {

// "sqlite:///var/lib/x.db" -> "/var/lib/x.db". Its scheme is known.
base::Result<std::string> path_of(std::string_view url);

enum class Role {
  lane,    // reads on the lane: gives up at once when the file is busy
  reader,  // reads on a reader thread
  writer,
  direct,  // command line and migrations: may do anything
};

class Connection;

// A cached statement while somebody uses it; the destructor resets it.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)), connection_(other.connection_) {}
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();

  // Only index look-ups by equality, and maybe sorting what they find; no scan.
  bool point_read() const noexcept;
  bool read_only() const noexcept;
  // How long this statement is not worth trying inline; counted down by each call.
  bool too_long_lately() noexcept;
  void was_too_long(bool surely) noexcept;
  void was_quick() noexcept;
  std::shared_ptr<const Columns> columns();

  // Text and blobs are not copied: `query` must stay until the statement is reset.
  base::Result<void> bind(const Query& query);
  // true: a row is there; false: the end.
  base::Result<bool> step();
  // The cells of the present row, valid until the next step.
  void read(std::vector<Cell>& cells);

 private:
  friend class Connection;
  struct Entry;
  Statement(Entry* entry, Connection* connection) : entry_(entry), connection_(connection) {}
  Entry* entry_ = nullptr;
  Connection* connection_ = nullptr;
};

class Connection final : public store::Connection {
 public:
  static base::Result<std::unique_ptr<Connection>> open(const std::string& path, Role role);
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // SQL of a script: one statement that reads (or, on a writer, changes rows); nothing
  // that opens files, changes settings or ends transactions.
  base::Result<Statement> prepare(std::string_view sql);

  base::Result<Rows> run(const Query& query, const Limits& limits, Stop stop) override;
  base::Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) override;

  // The same for a statement that is bound. `over`: a limit stopped it.
  base::Result<Rows> fetch(Statement& statement, const Limits& limits, Stop stop,
                           bool* over = nullptr);

  // Our own statements: no checks, no parameters.
  base::Result<void> execute(const char* sql);
  // Makes this file what another one is at this moment, in one transaction.
  base::Result<void> become(Connection& other);
  base::Result<std::vector<Column>> table_columns(const std::string& table) override;

  void set_stop(Stop stop) noexcept override { stop_ = stop; }
  bool in_transaction() const noexcept;

  // BEGIN on the first call after end_snapshot(); keeps every read on one state and
  // takes the file's locks once.
  base::Result<void> begin_snapshot();
  void end_snapshot() noexcept;
  bool snapshot_open() const noexcept { return snapshot_; }

 private:
  friend class Statement;
  struct Lookup {
    using is_transparent = void;
    // A statement of 150 columns is 5 KiB of text; statements differ in their ends.
    std::size_t operator()(std::string_view sql) const noexcept {
      return std::hash<std::string_view>{}(sql.substr(sql.size() - std::min(sql.size(), tail))) ^ sql.size();
    }
    static constexpr std::size_t tail = 128;
  };

  explicit Connection(Role role);
  base::Result<Rows> fetch_rows(Statement& statement, const Limits& limits, bool* over);
  base::Error error(int code) const;
  base::Result<void> configure();
  bool plan_is_point_read(const std::string& sql);
  int on_progress() noexcept;
  static int authorize(void* self, int action, const char*, const char*, const char*,
                       const char*) noexcept;

  Role role_;
  sqlite3* db_ = nullptr;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* end_ = nullptr;
  bool snapshot_ = false;
  bool trusted_ = false;  // our own SQL is being prepared
  Stop stop_;
  std::vector<Cell> cells_;
  std::list<Statement::Entry> cache_;  // most recently used first
  std::unordered_map<std::string_view, std::list<Statement::Entry>::iterator, Lookup,
                     std::equal_to<>>
      by_sql_;
};

}  // namespace host::store::sqlite
