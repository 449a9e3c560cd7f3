// Asterisk's own call-record file (cdr_sqlite3_custom): read on from the last record
// known. Blocking; called on a worker thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"
#include "store/rows.h"

namespace host::store {

// Up to `limit` records with a rowid above `after`, oldest first; column `rowid`, then
// the file's own. Errors: `not_found` no file or no table yet; `unavailable` busy or broken.
base::Result<Rows> call_records(const std::string& path, std::int64_t after, int limit);

}  // namespace host::store
