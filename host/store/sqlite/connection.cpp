#include "store/sqlite/connection.h"

#include <sqlite3.h>

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "store/fault.h"
#include "store/sqlite/error.h"
#include "store/sqlite/functions.h"

namespace host::store::sqlite {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t cached_statements = 256;
constexpr unsigned skip_after_too_long = 200;
constexpr int progress_steps = 500;  // about 10 us of plain byte code
constexpr int largest_value = 64 << 20;  // and row: one step makes it, uninterrupted

// SQLite counts its memory under a lock unless told not to, before its first use.
void prepare_library() noexcept {
  static const int done = [] {
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    return sqlite3_initialize();
  }();
  CHECK(done == SQLITE_OK);
}

// Which rows of EXPLAIN QUERY PLAN prove that the work is bounded by index look-ups. Sorting
// what they find is: the time limit of an inline read ends a long one.
bool bounded_step(std::string_view detail) {
  static constexpr std::string_view harmless[] = {"SCALAR SUBQUERY", "CORRELATED SCALAR SUBQUERY",
                                                  "SCAN CONSTANT ROW", "MULTI-INDEX OR", "INDEX ",
                                                  "USE TEMP B-TREE FOR ORDER BY"};
  for (auto prefix : harmless) {
    if (detail.starts_with(prefix)) return true;
  }
  if (!detail.starts_with("SEARCH ") || detail.find(" AUTOMATIC ") != detail.npos) return false;
  auto open = detail.rfind('(');
  if (open == detail.npos) return false;
  std::string_view terms = detail.substr(open);
  return terms.find_first_of("<>") == terms.npos && terms.find('=') != terms.npos;
}

}  // namespace

Result<std::string> path_of(std::string_view url) {
  auto path = base::text::percent_decode(url.substr(url.find("://") + 3), false);
  if (!path || path->empty() || path->find('\0') != path->npos) {
    return base::invalid("database: no path in the address");
  }
  return *path;
}

struct Statement::Entry {
  std::string sql;
  sqlite3_stmt* statement = nullptr;
  std::shared_ptr<const Columns> columns;
  bool point_read = false;
  bool read_only = false;
  bool used = false;
  unsigned skip_inline = 0;
  unsigned slow_runs = 0;  // in a row
};

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(entry_, other.entry_);
  std::swap(connection_, other.connection_);
  return *this;
}

Statement::~Statement() {
  if (!entry_) return;
  sqlite3_reset(entry_->statement);
  sqlite3_clear_bindings(entry_->statement);  // they point into a Query that goes away
  entry_->used = false;
}

bool Statement::point_read() const noexcept { return entry_->point_read; }
bool Statement::read_only() const noexcept { return entry_->read_only; }

bool Statement::too_long_lately() noexcept {
  if (entry_->skip_inline == 0) return false;
  --entry_->skip_inline;
  return true;
}

// One slow run may be the machine's doing (another process had the core); two in a row are
// the statement's.
void Statement::was_too_long(bool surely) noexcept {
  entry_->slow_runs = surely ? 2 : entry_->slow_runs + 1;
  if (entry_->slow_runs >= 2) entry_->skip_inline = skip_after_too_long;
}

void Statement::was_quick() noexcept { entry_->slow_runs = 0; }

std::shared_ptr<const Columns> Statement::columns() {
  int count = sqlite3_column_count(entry_->statement);
  // A changed schema makes SQLite prepare again on its own; `SELECT *` may have grown.
  if (!entry_->columns || static_cast<int>(entry_->columns->size()) != count) {
    std::vector<std::string> names;
    for (int i = 0; i < count; ++i) names.emplace_back(sqlite3_column_name(entry_->statement, i));
    entry_->columns = std::make_shared<Columns>(std::move(names));
  }
  return entry_->columns;
}

static int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  struct Bind {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
    int operator()(const std::string& v) const {
      return sqlite3_bind_text64(statement, index, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const Blob& v) const {
      // A null pointer would bind NULL, not the empty blob.
      return sqlite3_bind_blob64(statement, index, v.bytes.empty() ? "" : v.bytes.data(),
                                 v.bytes.size(), SQLITE_STATIC);
    }
  };
  return std::visit(Bind{statement, index}, value);
}

Result<void> Statement::bind(const Query& query) {
  sqlite3_stmt* statement = entry_->statement;
  int wanted = sqlite3_bind_parameter_count(statement);
  std::size_t given = query.positional.size() + query.named.size();
  if (!query.named.empty() && !query.positional.empty()) {
    return wrong_statement("parameters: both a list and names");
  }
  if (!query.named.empty()) {
    std::string name = ":";
    for (const auto& [key, value] : query.named) {
      name.resize(1);
      name += key;
      int index = sqlite3_bind_parameter_index(statement, name.c_str());
      if (index == 0) return wrong_statement(fmt::format("parameter: not in the statement: {}", key));
      if (int code = bind_value(statement, index, value); code != SQLITE_OK) {
        return connection_->error(code);
      }
    }
  } else {
    for (std::size_t i = 0; i < query.positional.size() && static_cast<int>(i) < wanted; ++i) {
      if (int code = bind_value(statement, static_cast<int>(i) + 1, query.positional[i]);
          code != SQLITE_OK) {
        return connection_->error(code);
      }
    }
  }
  std::size_t needed = static_cast<std::size_t>(wanted);
  if (given > needed || (given < needed && !query.pad)) {
    return wrong_statement(fmt::format("parameters: {} needed, {} given", wanted, given));
  }
  return {};
}

Result<bool> Statement::step() {
  int code = sqlite3_step(entry_->statement);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  Error failure = connection_->error(code);
  sqlite3_reset(entry_->statement);
  return failure;
}

void Statement::read(std::vector<Cell>& cells) {
  sqlite3_stmt* statement = entry_->statement;
  cells.resize(static_cast<std::size_t>(sqlite3_data_count(statement)));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    // The value interface skips the per-cell checks of sqlite3_column_*, which is half
    // of the cost of a wide row; _blob on text gives the bytes without adding a NUL.
    sqlite3_value* value = sqlite3_column_value(statement, static_cast<int>(i));
    Cell& cell = cells[i];
    switch (sqlite3_value_type(value)) {
      case SQLITE_INTEGER:
        cell.kind = Kind::integer;
        cell.integer = sqlite3_value_int64(value);
        break;
      case SQLITE_FLOAT:
        cell.kind = Kind::real;
        cell.real = sqlite3_value_double(value);
        break;
      case SQLITE_TEXT:
      case SQLITE_BLOB: {
        cell.kind = sqlite3_value_type(value) == SQLITE_TEXT ? Kind::text : Kind::blob;
        auto* bytes = static_cast<const char*>(sqlite3_value_blob(value));
        auto size = static_cast<std::size_t>(sqlite3_value_bytes(value));
        cell.text = bytes ? std::string_view(bytes, size) : std::string_view();
        continue;
      }
      default: cell.kind = Kind::null;
    }
    cell.text = {};
  }
}

Connection::Connection(Role role) : role_(role) {}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Role role) {
  prepare_library();
  std::unique_ptr<Connection> connection(new Connection(role));
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;

  if (int code = sqlite3_open_v2(path.c_str(), &connection->db_, flags, nullptr); code != SQLITE_OK) {
    return Error{Code::unavailable, fmt::format("store: cannot open {}: {}", path, sqlite3_errstr(code))};
  }
  TRY_VOID(connection->configure());
  return connection;
}

Result<void> Connection::configure() {
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_db_config(db_, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  sqlite3_limit(db_, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(db_, SQLITE_LIMIT_LENGTH, largest_value);
  // The writer waits in slices of its own, so that it can be told to stop.
  sqlite3_busy_timeout(db_, role_ == Role::lane ? 20 : role_ == Role::writer ? 50 : 5000);
  sqlite3_progress_handler(
      db_, progress_steps,
      [](void* self) noexcept { return static_cast<Connection*>(self)->on_progress(); }, this);
  sqlite3_set_authorizer(db_, &Connection::authorize, this);
  if (int code = add_functions(db_); code != SQLITE_OK) return error(code);
  TRY_VOID(execute("PRAGMA foreign_keys = ON"));
  if (role_ == Role::writer || role_ == Role::direct) {
    TRY_VOID(execute("PRAGMA journal_mode = WAL"));
    // Nobody is answered before his change is on the disk itself.
    TRY_VOID(execute("PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864"));
  } else {
    TRY_VOID(execute("PRAGMA query_only = ON"));
  }
  if (role_ == Role::reader) TRY_VOID(execute("PRAGMA cache_size = -1024"));
  return {};
}

Connection::~Connection() {
  for (auto& entry : cache_) sqlite3_finalize(entry.statement);
  sqlite3_finalize(begin_);
  sqlite3_finalize(end_);
  if (int code = sqlite3_close(db_); code != SQLITE_OK) {
    base::log::error("store", "a statement was left open", {{"code", code}});
  }
}

int Connection::on_progress() noexcept {
  if (stop_.cancelled && stop_.cancelled->load(std::memory_order_relaxed)) return 1;
  if (stop_.deadline == Clock::time_point::max()) return 0;
  return Clock::now() >= stop_.deadline ? 1 : 0;
}

int Connection::authorize(void* self, int action, const char*, const char*, const char*,
                          const char*) noexcept {
  auto& connection = *static_cast<Connection*>(self);
  if (connection.trusted_ || connection.role_ == Role::direct) return SQLITE_OK;
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_FUNCTION:
    case SQLITE_RECURSIVE: return SQLITE_OK;
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE: return connection.role_ == Role::writer ? SQLITE_OK : SQLITE_DENY;
    default: return SQLITE_DENY;
  }
}

Error Connection::error(int code) const {
  return sqlite::error(code, db_ ? sqlite3_errmsg(db_) : sqlite3_errstr(code),
                       role_ == Role::writer || role_ == Role::direct);
}

bool Connection::plan_is_point_read(const std::string& sql) {
  sqlite3_stmt* plan = nullptr;
  std::string explain = "EXPLAIN QUERY PLAN " + sql;
  bool trusted = std::exchange(trusted_, true);
  bool bounded = false;
  if (sqlite3_prepare_v2(db_, explain.c_str(), static_cast<int>(explain.size()), &plan, nullptr) ==
      SQLITE_OK) {
    bounded = true;
    int code = SQLITE_OK;
    while (bounded && (code = sqlite3_step(plan)) == SQLITE_ROW) {
      auto* detail = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
      bounded = detail && bounded_step(detail);
    }
    if (code != SQLITE_ROW && code != SQLITE_DONE && code != SQLITE_OK) bounded = false;
  }
  sqlite3_finalize(plan);
  trusted_ = trusted;
  return bounded;
}

Result<Statement> Connection::prepare(std::string_view sql) {
  if (auto found = by_sql_.find(sql); found != by_sql_.end() && !found->second->used) {
    cache_.splice(cache_.begin(), cache_, found->second);
    found->second->used = true;
    return Statement(&*found->second, this);
  }
  if (sql.find('\0') != sql.npos) return wrong_statement("sql: holds a zero byte");

  Statement::Entry entry;
  entry.sql = sql;
  const char* rest = nullptr;
  int code = sqlite3_prepare_v3(db_, entry.sql.c_str(), static_cast<int>(entry.sql.size()),
                                SQLITE_PREPARE_PERSISTENT, &entry.statement, &rest);
  if (code != SQLITE_OK) return error(code);
  if (!entry.statement) return wrong_statement("sql: empty statement");
  if (!base::text::trim(rest).empty()) {
    sqlite3_finalize(entry.statement);
    return wrong_statement("sql: more than one statement");
  }
  entry.read_only = sqlite3_stmt_readonly(entry.statement) != 0;
  if (role_ == Role::lane) entry.point_read = entry.read_only && plan_is_point_read(entry.sql);
  entry.used = true;

  if (cache_.size() >= cached_statements) {
    auto oldest = std::find_if(cache_.rbegin(), cache_.rend(), [](auto& e) { return !e.used; });
    if (oldest != cache_.rend()) {
      auto position = std::prev(oldest.base());
      if (auto known = by_sql_.find(position->sql); known != by_sql_.end() && known->second == position) {
        by_sql_.erase(known);
      }
      sqlite3_finalize(position->statement);
      cache_.erase(position);
    }
  }
  cache_.push_front(std::move(entry));
  by_sql_.erase(std::string_view(cache_.front().sql));  // its key may live in an older entry
  by_sql_.emplace(cache_.front().sql, cache_.begin());
  return Statement(&cache_.front(), this);
}

Result<Rows> Connection::fetch(Statement& statement, const Limits& limits, Stop stop, bool* over) {
  std::int64_t changed_before = sqlite3_total_changes64(db_);
  stop_ = stop;
  auto result = fetch_rows(statement, limits, over);
  stop_ = {};
  if (!result || statement.read_only()) return result;
  if (sqlite3_total_changes64(db_) != changed_before) {
    result->changes = sqlite3_changes64(db_);
    result->last_id = sqlite3_last_insert_rowid(db_);
  }
  return result;
}

Result<Rows> Connection::fetch_rows(Statement& statement, const Limits& limits, bool* over) {
  TRY(bool more, statement.step());
  Rows rows(statement.columns());
  for (; more;) {
    if (rows.size() >= limits.rows) {
      if (limits.cut) return rows;
      if (over) *over = true;
      return fault(base::Code::invalid, fmt::format("sql: more than {} rows", limits.rows), "too_many");
    }
    statement.read(cells_);
    rows.add_row(cells_);
    if (rows.bytes() > limits.bytes) {
      if (over) *over = true;
      return fault(base::Code::invalid, fmt::format("sql: more than {} bytes", limits.bytes), "too_many");
    }
    TRY(more, statement.step());
  }
  return rows;
}

Result<Rows> Connection::run(const Query& query, const Limits& limits, Stop stop) {
  TRY(Statement statement, prepare(query.sql));
  TRY_VOID(statement.bind(query));
  return fetch(statement, limits, stop);
}

namespace {
class OpenStatement final : public Cursor {
 public:
  explicit OpenStatement(Statement statement) : statement_(std::move(statement)) {}
  std::shared_ptr<const Columns> columns() override { return statement_.columns(); }
  Result<bool> step() override { return statement_.step(); }
  void read(std::vector<Cell>& cells) override { statement_.read(cells); }

 private:
  Statement statement_;
};
}  // namespace

Result<std::unique_ptr<Cursor>> Connection::open_cursor(const Query& query) {
  TRY(Statement statement, prepare(query.sql));
  TRY_VOID(statement.bind(query));
  return std::unique_ptr<Cursor>(std::make_unique<OpenStatement>(std::move(statement)));
}

Result<void> Connection::execute(const char* sql) {
  bool trusted = std::exchange(trusted_, true);
  int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  trusted_ = trusted;
  if (code != SQLITE_OK) return error(code);
  return {};
}

Result<void> Connection::become(Connection& other) {
  sqlite3_backup* backup = sqlite3_backup_init(db_, "main", other.db_, "main");
  if (!backup) return error(sqlite3_errcode(db_));
  int stepped = sqlite3_backup_step(backup, -1);
  int finished = sqlite3_backup_finish(backup);
  if (stepped != SQLITE_DONE) return error(stepped);
  if (finished != SQLITE_OK) return error(finished);
  return {};
}

Result<std::vector<Column>> Connection::table_columns(const std::string& table) {
  static constexpr const char* sql =
      "SELECT name, type, \"notnull\", dflt_value, pk FROM pragma_table_info(?1)";
  bool trusted = std::exchange(trusted_, true);
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db_, sql, -1, &statement, nullptr);
  std::vector<Column> columns;
  if (code == SQLITE_OK) {
    sqlite3_bind_text64(statement, 1, table.data(), table.size(), SQLITE_STATIC, SQLITE_UTF8);
    auto text = [&](int i) {
      auto* value = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      return value ? std::optional<std::string>(value) : std::nullopt;
    };
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
      columns.push_back({text(0).value_or(""), text(1).value_or(""),
                         sqlite3_column_int(statement, 2) != 0, text(3),
                         sqlite3_column_int(statement, 4) != 0});
    }
  }
  trusted_ = trusted;
  if (code != SQLITE_DONE) {
    Error failure = error(code);
    sqlite3_finalize(statement);
    return failure;
  }
  sqlite3_finalize(statement);
  if (columns.empty()) return base::not_found(fmt::format("table: not found: {}", table.substr(0, 64)));
  return columns;
}

bool Connection::in_transaction() const noexcept { return sqlite3_get_autocommit(db_) == 0; }

Result<void> Connection::begin_snapshot() {
  if (snapshot_) return {};
  bool trusted = std::exchange(trusted_, true);
  if (!begin_) sqlite3_prepare_v3(db_, "BEGIN", -1, SQLITE_PREPARE_PERSISTENT, &begin_, nullptr);
  if (!end_) sqlite3_prepare_v3(db_, "COMMIT", -1, SQLITE_PREPARE_PERSISTENT, &end_, nullptr);
  trusted_ = trusted;
  int code = sqlite3_step(begin_);
  sqlite3_reset(begin_);
  if (code != SQLITE_DONE) return error(code);
  snapshot_ = true;
  return {};
}

void Connection::end_snapshot() noexcept {
  if (!snapshot_) return;
  snapshot_ = false;
  sqlite3_step(end_);
  sqlite3_reset(end_);
}

}  // namespace host::store::sqlite
