// Functions of SQL that SQLite lacks, or has for ASCII alone: what MariaDB has under the same names.
#pragma once

struct sqlite3;

namespace host::store::sqlite {

// lower, upper and LIKE in all alphabets; sec_to_time(seconds), addtime(date and time, time).
int add_functions(sqlite3* connection) noexcept;

}  // namespace host::store::sqlite
