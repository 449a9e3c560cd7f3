#include "store/mariadb/connection.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <poll.h>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/utf8.h"
#include "store/fault.h"
#include "store/mariadb/fetch.h"

namespace host::store::mariadb {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr std::size_t cached_statements = 128;

// A number that is compared is bound as its digits: a column of text is then looked up by its index, as
// SQLite does, and not read as a number row by row; a column of numbers converts the constant once.
// What is no UTF-8, and so no text to the server, is with `repair` what encoders show when SQLite has it.
class Parameters {
 public:
  Parameters(const std::vector<Statement::Parameter>& parameters, const std::vector<const Value*>& values, bool repair)
      : parameters_(parameters), repair_(repair), binds_(values.size()), made_(values.size()) {
    for (std::size_t i = 0; i < values.size(); ++i) std::visit(Bind{*this, i}, *values[i]);
  }
  MYSQL_BIND* binds() noexcept { return binds_.data(); }

 private:
  struct Bind {
    Parameters& self;
    std::size_t i;
    void operator()(std::monostate) const { self.binds_[i].buffer_type = MYSQL_TYPE_NULL; }
    void operator()(const std::int64_t& v) const { self.number(i, v, MYSQL_TYPE_LONGLONG); }
    void operator()(const double& v) const { self.number(i, v, MYSQL_TYPE_DOUBLE); }
    void operator()(const std::string& v) const {
      bool good = !self.repair_ || codec::utf8::valid(v) == v.size();
      if (!good) codec::utf8::append_repaired(self.made_[i], v);
      self.text(i, good ? v : self.made_[i], MYSQL_TYPE_STRING);
    }
    void operator()(const Blob& v) const { self.text(i, v.bytes, MYSQL_TYPE_BLOB); }
  };
  template <typename Number>
  void number(std::size_t i, const Number& value, enum_field_types type) {
    if (parameters_[i].compared) {
      append_number(made_[i], value);
      return text(i, made_[i], MYSQL_TYPE_STRING);
    }
    binds_[i].buffer_type = type;
    binds_[i].buffer = const_cast<Number*>(&value);
  }
  void text(std::size_t i, const std::string& text, enum_field_types type) {
    binds_[i].buffer_type = type;
    binds_[i].buffer = const_cast<char*>(text.data());
    binds_[i].buffer_length = text.size();
  }

  const std::vector<Statement::Parameter>& parameters_;
  const bool repair_;
  std::vector<MYSQL_BIND> binds_;
  std::vector<std::string> made_;
};

// The text between the first two `quote`s after `word`.
std::string_view quoted_after(std::string_view message, std::string_view word) {
  auto start = message.rfind(word);
  if (start == message.npos) return {};
  auto open = message.find_first_of("'`", start + word.size());
  if (open == message.npos) return {};
  auto close = message.find(message[open], open + 1);
  return close == message.npos ? std::string_view() : message.substr(open + 1, close - open - 1);
}

}  // namespace

void Connection::CloseStatement::operator()(MYSQL_STMT* statement) const noexcept { mysql_stmt_close(statement); }

Result<std::unique_ptr<Connection>> Connection::open(Server& server, Role role) {
  std::unique_ptr<Connection> connection(new Connection(server, role));
  auto wire = server.open(connection->running_, role == Role::direct);
  if (!wire) {
    // An operator reads which server says what; so does the log. Others need not know their names.
    if (role == Role::direct) return wire.error();
    return fault(Code::unavailable, "store: no database server can be used", "away");
  }
  connection->wire_ = std::move(*wire);
  if (role == Role::reader) TRY_VOID(connection->execute("SET SESSION TRANSACTION READ ONLY"));
  // On a node of a cluster a read waits for what other nodes have acknowledged before it.
  TRY_VOID(connection->execute("SET SESSION wsrep_sync_wait = 1"));
  // What a host that is gone, or asleep, has locked is free again soon after the time that store::Settings gives it.
  if (role == Role::writer) TRY_VOID(connection->execute("SET SESSION idle_write_transaction_timeout = 6"));
  return connection;
}

Connection::~Connection() {
  end_watch();
  cache_.clear();  // before the session
}

void Connection::set_stop(Stop stop) noexcept {
  end_watch();
  if (stop.cancelled || stop.deadline != Clock::time_point::max()) begin_watch(stop);
}

void Connection::begin_watch(Stop stop) {
  running_.stop = stop;
  watched_ = true;
  server_.watch(running_);
}

void Connection::end_watch() {
  if (!std::exchange(watched_, false)) return;
  if (!server_.unwatch(running_)) return;
  // Rows are still to come: it can be asked nothing else, and is not used again after them.
  if (fetching_) {
    stopped_ = broken_ = true;
    return;
  }
  // A KILL that came after the last statement would meet the next one.
  running_.stop = {};
  server_.watch(running_);
  if (mysql_real_query(wire_.get(), "DO 0", 4) != 0 && mariadb::ended(mysql_errno(wire_.get()))) broken_ = true;
  server_.unwatch(running_);
}

Error Connection::gone() const { return fault(Code::unavailable, "store: the database server is gone", "away"); }

bool Connection::closed() const noexcept {
  if (!reusable()) return true;
  pollfd socket{running_.descriptor, POLLRDHUP, 0};
  return ::poll(&socket, 1, 0) > 0;
}

bool Connection::rolled_back() const noexcept { return last_error_ == ER_LOCK_DEADLOCK; }

// A fetch that failed leaves its reason with the session.
Error Connection::error(MYSQL_STMT* statement, const std::string& table) {
  MYSQL* session = wire_.get();
  if (mysql_stmt_errno(statement) == 0) return error(mysql_errno(session), mysql_sqlstate(session), mysql_error(session), table);
  return error(mysql_stmt_errno(statement), mysql_stmt_sqlstate(statement), mysql_stmt_error(statement), table);
}

// The server's text holds values; ours has names only.
Error Connection::error(unsigned code, std::string_view state, std::string_view message, const std::string& table) {
  // Neither knows: it was stopped, or a value could not be made.
  if (code == 0) code = stopped_ || (watched_ && server_.has_ended(running_)) ? ER_QUERY_INTERRUPTED : ER_DATA_OUT_OF_RANGE;
  last_error_ = code;
  std::string text(message);  // the session's buffer is used again below
  if (mariadb::ended(code) || mariadb::refused(code)) broken_ = true;
  Error failure = mariadb::failure(code, state, text);
  if (mariadb::refused(code)) server_.give_up(running_, failure.message);
  if (code == ER_OPTION_PREVENTS_STATEMENT || code == ER_READ_ONLY_MODE) {
    broken_ = true;
    server_.doubt(running_);
  }
  // Who only reads waits for no row: the node did not catch up with what the others have done.
  if (code == ER_LOCK_WAIT_TIMEOUT && role_ == Role::reader) {
    broken_ = true;
    server_.doubt(running_);
    return fault(Code::unavailable, "store: the server is behind the others of its cluster", "away");
  }
  auto at = [&](std::string_view column) {
    if (column.empty()) return;
    failure.column = column;
    failure.message += fmt::format(": {}{}{}", table, table.empty() ? "" : ".", column);
  };
  if (code == ER_DUP_ENTRY || code == ER_DUP_ENTRY_WITH_KEY_NAME) {
    auto columns = columns_of_key(text, table);
    for (std::size_t i = 0; i < columns.size(); ++i) failure.message += fmt::format("{}{}.{}", i ? ", " : ": ", table, columns[i]);
    if (!columns.empty()) failure.column = columns.back();  // the tenant comes first
  } else if (code == ER_BAD_NULL_ERROR) {
    at(quoted_after(text, "Column"));
  } else if (code == ER_NO_DEFAULT_FOR_FIELD) {
    at(quoted_after(text, "Field"));
  } else if (code == ER_DATA_TOO_LONG || code == ER_WARN_DATA_OUT_OF_RANGE || code == WARN_DATA_TRUNCATED) {
    at(quoted_after(text, "for column"));
  } else if (code == ER_TRUNCATED_WRONG_VALUE_FOR_FIELD || code == ER_TRUNCATED_WRONG_VALUE) {
    // for column `database`.`table`.`column` at row 1
    auto end = text.rfind('`');
    auto start = end == text.npos || end == 0 ? text.npos : text.rfind('`', end - 1);
    if (start != text.npos) at(std::string_view(text).substr(start + 1, end - start - 1));
  }
  return failure;
}

std::vector<std::string> Connection::columns_of_key(std::string_view message, const std::string& table) {
  std::vector<std::string> names;
  std::string key(quoted_after(message, "for key"));
  if (key.empty() || table.empty() || !reusable()) return names;
  unsigned kept = last_error_;
  auto rows = run({"SELECT column_name FROM information_schema.statistics WHERE table_schema = database()"
                   " AND table_name = ? AND index_name = ? ORDER BY seq_in_index",
                   {table, key}, {}},
                  {}, {Clock::now() + std::chrono::seconds(5)});
  last_error_ = kept;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) names.push_back(rows->text(i, 0));
  return names;
}

Result<Connection::Entry*> Connection::prepare(const std::string& sql) {
  if (auto found = by_sql_.find(sql); found != by_sql_.end() && !found->second->used) {
    cache_.splice(cache_.begin(), cache_, found->second);
    return &cache_.front();
  }
  Entry entry;
  if (role_ == Role::direct) {
    if (auto translated = translate(sql)) {
      entry.statement = std::move(*translated);
    } else {
      entry.statement.sql = sql;
    }
  } else {
    TRY(entry.statement, translate(sql));
  }
  entry.sql = sql;
  entry.prepared.reset(mysql_stmt_init(wire_.get()));
  const std::string& text = entry.statement.sql;
  if (mysql_stmt_prepare(entry.prepared.get(), text.data(), text.size()) != 0) return error(entry.prepared.get(), entry.statement.table);

  if (cache_.size() >= cached_statements) {
    auto oldest = std::find_if(cache_.rbegin(), cache_.rend(), [](auto& e) { return !e.used; });
    if (oldest != cache_.rend()) {
      auto position = std::prev(oldest.base());
      if (auto known = by_sql_.find(position->sql); known != by_sql_.end() && known->second == position) by_sql_.erase(known);
      cache_.erase(position);
    }
  }
  cache_.push_front(std::move(entry));
  by_sql_.erase(std::string_view(cache_.front().sql));  // its key may live in an older entry
  by_sql_.emplace(cache_.front().sql, cache_.begin());
  return &cache_.front();
}

Result<void> Connection::start(Entry& entry, const Query& query) {
  TRY(auto values, arrange(entry.statement, query));
  MYSQL_STMT* statement = entry.prepared.get();
  if (mysql_stmt_param_count(statement) != values.size()) return base::internal("sql: its parameters were miscounted");
  // A copy has to be the same.
  Parameters parameters(entry.statement.parameters, values, role_ != Role::direct);
  if (!values.empty() && mysql_stmt_bind_param(statement, parameters.binds()) != 0) return error(statement, entry.statement.table);
  if (mysql_stmt_execute(statement) != 0) return error(statement, entry.statement.table);
  return {};
}

Result<Rows> Connection::run(const Query& query, const Limits& limits, Stop stop) {
  last_error_ = 0;
  if (!reusable()) return gone();
  end_watch();
  begin_watch(stop);
  auto result = [&]() -> Result<Rows> {
    TRY(Entry* entry, prepare(query.sql));
    TRY_VOID(start(*entry, query));
    MYSQL_STMT* statement = entry->prepared.get();
    Rows rows;
    if (mysql_stmt_field_count(statement) > 0) {
      Fetch fetch(*this, statement, entry->statement.table);
      rows = Rows(fetch.columns());
      std::vector<Cell> cells;
      for (;;) {
        TRY(bool more, fetch.step());
        if (!more) break;
        if (rows.size() >= limits.rows) {
          if (limits.cut) break;
          return fault(base::Code::invalid, fmt::format("sql: more than {} rows", limits.rows), "too_many");
        }
        fetch.read(cells);
        rows.add_row(cells);
        if (rows.bytes() > limits.bytes) return fault(base::Code::invalid, fmt::format("sql: more than {} bytes", limits.bytes), "too_many");
      }
    }
    if (entry->statement.table.empty()) return rows;
    rows.changes = mysql_stmt_field_count(statement) > 0 ? static_cast<std::int64_t>(rows.size())
                                                         : static_cast<std::int64_t>(mysql_stmt_affected_rows(statement));
    rows.last_id = static_cast<std::int64_t>(mysql_stmt_insert_id(statement));
    return rows;
  }();
  end_watch();
  return result;
}

namespace {
class OpenFetch final : public Cursor {
 public:
  OpenFetch(Connection& connection, MYSQL_STMT* statement, bool& used, const std::string& table)
      : used_(used), fetch_(connection, statement, table) {}
  ~OpenFetch() override { used_ = false; }
  std::shared_ptr<const Columns> columns() override { return fetch_.columns(); }
  Result<bool> step() override { return fetch_.step(); }
  void read(std::vector<Cell>& cells) override { fetch_.read(cells); }

 private:
  bool& used_;
  Fetch fetch_;
};
}  // namespace

Result<std::unique_ptr<Cursor>> Connection::open_cursor(const Query& query) {
  TRY(Entry* entry, prepare(query.sql));
  if (!entry->statement.table.empty()) return wrong_statement("sql: not a reading statement");
  TRY_VOID(start(*entry, query));
  entry->used = true;
  return std::unique_ptr<Cursor>(
      std::make_unique<OpenFetch>(*this, entry->prepared.get(), entry->used, entry->statement.table));
}

Result<void> Connection::execute(std::string_view sql) {
  last_error_ = 0;
  if (!reusable()) return gone();
  bool ours = !watched_;
  if (ours) begin_watch({});
  MYSQL* session = wire_.get();
  auto done = [&]() -> Result<void> {
    auto failed = [&] { return error(mysql_errno(session), mysql_sqlstate(session), mysql_error(session), ""); };
    if (mysql_real_query(session, sql.data(), sql.size()) != 0) return failed();
    for (;;) {
      if (MYSQL_RES* rows = mysql_use_result(session)) mysql_free_result(rows);
      int more = mysql_next_result(session);
      if (more < 0) return {};
      if (more > 0) return failed();
    }
  }();
  if (ours) end_watch();
  return done;
}

Result<std::vector<Column>> Connection::table_columns(const std::string& table) {
  TRY(Rows rows, run({"SELECT column_name, column_type, is_nullable, column_default, column_key, extra"
                      " FROM information_schema.columns WHERE table_schema = database() AND table_name = ?"
                      " AND instr(extra, 'INVISIBLE') = 0 AND instr(extra, 'GENERATED') = 0"
                      " ORDER BY ordinal_position",
                      {table}, {}},
                     {}, {Clock::now() + std::chrono::seconds(30)}));
  std::vector<Column> columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Column column;
    column.name = rows.text(i, 0);
    column.type = declared_type(rows.text(i, 1));
    column.key = rows.text(i, 4) == "PRI";
    // SQLite's keys that number themselves take a NULL.
    column.not_null = rows.text(i, 2) == "NO" && rows.text(i, 5) != "auto_increment";
    if (std::string text = rows.text(i, 3); rows.cell(i, 3).kind != Kind::null && text != "NULL") column.fallback = text;
    columns.push_back(std::move(column));
  }
  if (columns.empty()) return base::not_found("table: not found: " + table.substr(0, 64));
  return columns;
}

}  // namespace host::store::mariadb
