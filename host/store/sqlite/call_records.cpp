#include "store/call_records.h"

#include <sqlite3.h>

#include <memory>

namespace host::store {

namespace {

struct Close {
  void operator()(sqlite3* connection) const noexcept { sqlite3_close(connection); }
  void operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }
};

base::Error failure(sqlite3* connection, const std::string& what) {
  return base::unavailable("call records: " + what + ": " +
                           (connection ? sqlite3_errmsg(connection) : "out of memory"));
}

Cell cell_of(sqlite3_stmt* statement, int column) {
  Cell cell;
  auto text = [&] {
    const void* bytes = sqlite3_column_blob(statement, column);
    auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
    return std::string_view(static_cast<const char*>(bytes), bytes ? size : 0);
  };
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      cell.kind = Kind::integer;
      cell.integer = sqlite3_column_int64(statement, column);
      break;
    case SQLITE_FLOAT:
      cell.kind = Kind::real;
      cell.real = sqlite3_column_double(statement, column);
      break;
    case SQLITE_TEXT:
      cell.kind = Kind::text;
      cell.text = text();
      break;
    case SQLITE_BLOB:
      cell.kind = Kind::blob;
      cell.text = text();
      break;
    default: break;
  }
  return cell;
}

}  // namespace

// Opened anew each time: Asterisk's log rotation may have replaced the file.
base::Result<Rows> call_records(const std::string& path, std::int64_t after, int limit) {
  sqlite3* opened = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX,
                             nullptr);
  std::unique_ptr<sqlite3, Close> connection(opened);
  if (code == SQLITE_CANTOPEN) return base::not_found("call records: no file " + path);
  if (code != SQLITE_OK) return failure(opened, path);
  sqlite3_busy_timeout(opened, 2000);
  sqlite3_db_config(opened, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);

  sqlite3_stmt* prepared = nullptr;
  // `rowid` under its own name: with an INTEGER PRIMARY KEY the column is called like that.
  code = sqlite3_prepare_v2(opened,
                            "SELECT rowid AS rowid, * FROM cdr WHERE rowid > ?1 ORDER BY rowid LIMIT ?2",
                            -1, &prepared, nullptr);
  std::unique_ptr<sqlite3_stmt, Close> statement(prepared);
  // Asterisk makes the table with its first record.
  if (code == SQLITE_ERROR) return base::not_found("call records: no table cdr in " + path);
  if (code != SQLITE_OK) return failure(opened, path);
  sqlite3_bind_int64(prepared, 1, after);
  sqlite3_bind_int(prepared, 2, limit);

  std::vector<std::string> names;
  int width = sqlite3_column_count(prepared);
  for (int i = 0; i < width; ++i) names.emplace_back(sqlite3_column_name(prepared, i));
  Rows rows(std::make_shared<Columns>(std::move(names)));
  while ((code = sqlite3_step(prepared)) == SQLITE_ROW) {
    for (int i = 0; i < width; ++i) rows.add(cell_of(prepared, i));
  }
  if (code != SQLITE_DONE) return failure(opened, path);
  return rows;
}

}  // namespace host::store
