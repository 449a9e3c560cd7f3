#include "store/mariadb/fetch.h"

#include <mysql.h>

#include <charconv>

namespace host::store::mariadb {

using base::Result;

namespace {
constexpr std::size_t first_size = 128;     // of a text; it grows with the rows
constexpr std::size_t largest_first = 4096;
constexpr unsigned binary = 63;             // the character set of bytes
constexpr int rows_taken = 200;             // rather than to tell the server to stop
}  // namespace

Fetch::Fetch(Connection& connection, MYSQL_STMT* statement, const std::string& table)
    : connection_(connection), statement_(statement), table_(table) {
  connection_.fetching_ = true;
  std::unique_ptr<MYSQL_RES, void (*)(MYSQL_RES*)> meta(mysql_stmt_result_metadata(statement), mysql_free_result);
  unsigned count = meta ? mysql_num_fields(meta.get()) : 0;
  std::vector<std::string> names;
  fields_.resize(count);
  for (unsigned i = 0; i < count; ++i) {
    const MYSQL_FIELD& info = mysql_fetch_field_direct(meta.get(), i)[0];
    names.emplace_back(info.name, info.name_length);
    Field& field = fields_[i];
    switch (info.type) {
      case MYSQL_TYPE_TINY:
      case MYSQL_TYPE_SHORT:
      case MYSQL_TYPE_INT24:
      case MYSQL_TYPE_LONG:
      case MYSQL_TYPE_LONGLONG:
      case MYSQL_TYPE_YEAR: field.as = As::integer; break;
      case MYSQL_TYPE_FLOAT:
      case MYSQL_TYPE_DOUBLE: field.as = As::real; break;
      case MYSQL_TYPE_DECIMAL:
      case MYSQL_TYPE_NEWDECIMAL:
        field.as = As::decimal;
        field.whole = info.decimals == 0;
        break;
      case MYSQL_TYPE_TINY_BLOB:
      case MYSQL_TYPE_MEDIUM_BLOB:
      case MYSQL_TYPE_LONG_BLOB:
      case MYSQL_TYPE_BLOB:
      case MYSQL_TYPE_VAR_STRING:
      case MYSQL_TYPE_STRING: field.as = info.charsetnr == binary ? As::blob : As::text; break;
      default: field.as = As::text;  // dates as they are written
    }
    if (field.as >= As::decimal) field.text.resize(std::min<std::size_t>(std::max<std::size_t>(info.length, 32), first_size));
  }
  columns_ = std::make_shared<Columns>(std::move(names));
  binds_ = std::make_unique<MYSQL_BIND[]>(count);
  bind();
}

void Fetch::bind() {
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    Field& field = fields_[i];
    MYSQL_BIND& bind = binds_[i];
    bind = {};
    bind.is_null = &field.is_null;
    bind.length = &field.length;
    bind.error = &field.cut;
    if (field.as == As::integer) {
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.buffer = &field.integer;
    } else if (field.as == As::real) {
      bind.buffer_type = MYSQL_TYPE_DOUBLE;
      bind.buffer = &field.real;
    } else {
      bind.buffer_type = field.as == As::blob ? MYSQL_TYPE_BLOB : MYSQL_TYPE_STRING;
      bind.buffer = field.text.data();
      bind.buffer_length = field.text.size();
    }
  }
  mysql_stmt_bind_result(statement_, binds_.get());
}

Result<bool> Fetch::step() {
  if (over_) return false;
  int code = mysql_stmt_fetch(statement_);
  if (code == 0) return true;
  if (code == MYSQL_DATA_TRUNCATED) {
    TRY_VOID(widen());
    return true;
  }
  over_ = true;
  if (code == MYSQL_NO_DATA) return false;
  return connection_.error(statement_, table_);
}

// Some texts of this row did not fit: they are fetched again, and following rows have the room.
Result<void> Fetch::widen() {
  bool grown = false;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    Field& field = fields_[i];
    if (field.as < As::decimal || field.is_null || field.length <= field.text.size()) continue;
    field.text.resize(field.length);
    binds_[i].buffer = field.text.data();
    binds_[i].buffer_length = field.text.size();
    if (mysql_stmt_fetch_column(statement_, &binds_[i], static_cast<unsigned>(i), 0) != 0) {
      return connection_.error(statement_, table_);
    }
    grown = true;
  }
  if (grown) mysql_stmt_bind_result(statement_, binds_.get());
  return {};
}

void Fetch::read(std::vector<Cell>& cells) {
  cells.resize(fields_.size());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const Field& field = fields_[i];
    Cell& cell = cells[i];
    cell = {};
    if (field.is_null) continue;
    std::string_view text = field.as >= As::decimal ? std::string_view(field.text).substr(0, field.length) : std::string_view();
    switch (field.as) {
      case As::integer:
        cell.kind = Kind::integer;
        cell.integer = field.integer;
        break;
      case As::real:
        cell.kind = Kind::real;
        cell.real = field.real;
        break;
      case As::decimal:
        // Sums of integers are decimals here; SQLite has no such kind.
        cell.kind = field.whole ? Kind::integer : Kind::real;
        if (field.whole) {
          auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), cell.integer);
          if (fault == std::errc() && end == text.data() + text.size()) break;
          cell.kind = Kind::real;
        }
        std::from_chars(text.data(), text.data() + text.size(), cell.real);
        break;
      case As::text:
      case As::blob:
        cell.kind = field.as == As::blob ? Kind::blob : Kind::text;
        cell.text = text;
        break;
    }
  }
}

Fetch::~Fetch() {
  for (int i = 0; i < rows_taken && !over_; ++i) {
    int code = mysql_stmt_fetch(statement_);
    over_ = code != 0 && code != MYSQL_DATA_TRUNCATED;
  }
  bool ours = !over_ && !connection_.watched_;
  if (!over_) {
    // What the server has sent already is read until its last word; it is soon there.
    if (ours) connection_.begin_watch({});
    connection_.server_.end(connection_.running_);
    for (int code = 0; code == 0 || code == MYSQL_DATA_TRUNCATED;) code = mysql_stmt_fetch(statement_);
    if (mariadb::ended(mysql_stmt_errno(statement_))) connection_.broken_ = true;
  }
  connection_.fetching_ = false;
  if (ours) connection_.end_watch();
  mysql_stmt_free_result(statement_);
}

}  // namespace host::store::mariadb
