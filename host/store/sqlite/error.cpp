#include "store/sqlite/error.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <string>

#include "base/log.h"
#include "base/result.h"
#include "store/fault.h"

namespace host::store::sqlite {

using base::Code;
using base::Error;

namespace {

std::string one_line(std::string_view text) {
  std::string out(text.substr(0, 300));
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return out;
}

// "UNIQUE constraint failed: t.a, t.b" -> "t.a, t.b": names only, never a value.
std::string_view after_colon(std::string_view text) {
  auto colon = text.find(": ");
  return colon == text.npos ? text : text.substr(colon + 2);
}

// "t.a, t.b" -> "b": of several the one that says which, the tenant comes first.
std::string last_column(std::string_view names) {
  auto dot = names.rfind('.');
  return std::string(dot == names.npos ? std::string_view() : names.substr(dot + 1));
}

Error constraint(int extended, std::string_view message) {
  std::string_view names = after_colon(message);
  switch (extended) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return fault(Code::conflict, fmt::format("already exists: {}", names), "unique", last_column(names));
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return fault(Code::conflict, "still referenced, or refers to nothing", "foreign_key");
    case SQLITE_CONSTRAINT_NOTNULL:
      return fault(Code::invalid, fmt::format("missing value: {}", names), "not_null", last_column(names));
    case SQLITE_CONSTRAINT_TRIGGER: return fault(Code::conflict, one_line(message), "trigger");
    default: return fault(Code::invalid, fmt::format("value not allowed: {}", one_line(names)), "not_allowed");
  }
}

}  // namespace

Error error(int code, std::string_view message, bool writes) {
  switch (code & 0xff) {
    case SQLITE_CONSTRAINT: return constraint(code, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fault(Code::unavailable, "store: busy, another process is writing", "busy");
    case SQLITE_INTERRUPT: return fault(Code::timeout, "store: the query took too long", "late");
    case SQLITE_AUTH: return wrong_statement("sql: only statements on rows are allowed here");
    case SQLITE_READONLY:
      if (writes) {
        return fault(Code::unavailable, "store: the file is read-only", "away");
      }
      return wrong_statement("sql: not a reading statement");
    case SQLITE_TOOBIG: return fault(Code::invalid, "sql: a value is too large", "too_long");
    case SQLITE_MISMATCH: return fault(Code::invalid, "sql: the value has the wrong type for its column", "not_allowed");
    case SQLITE_NOMEM: CHECK(code == SQLITE_OK && "out of memory"); break;
    case SQLITE_ERROR:
    case SQLITE_RANGE: return wrong_statement(fmt::format("sql: {}", one_line(message)));
    default: break;
  }
  base::log::error("store", "database fault", {{"code", code}, {"reason", one_line(message)}});
  return fault(Code::unavailable, fmt::format("store: {}", sqlite3_errstr(code)), "away");
}

}  // namespace host::store::sqlite
