// Where our SQL and MariaDB's differ, in one place. Scripts and schema files are written in what
// SQLite and MariaDB share under the session's sql_mode; the rest is said in other words here, token
// by token, outside of quotes and comments. docs/decisions/0006-mariadb.md has the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace host::store::mariadb {

// A statement of a script: one, on rows alone, its parameters as `?`.
struct Statement {
  std::string sql;
  std::string table;               // that it changes; empty: it reads
  struct Parameter {
    std::string name;       // empty for a `?`
    bool compared = false;  // with a column, by its value
  };
  std::vector<Parameter> parameters;
};

base::Result<Statement> translate(std::string_view sql);

// A schema file, or one statement of our own.
std::string translate_schema(std::string_view sql);

// The values in the order of the statement's parameters.
base::Result<std::vector<const Value*>> arrange(const Statement& statement, const Query& query);

// "bigint(20)" -> "INTEGER", as the schema says it.
std::string declared_type(std::string_view type);

}  // namespace host::store::mariadb
