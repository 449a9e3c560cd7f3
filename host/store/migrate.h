// Brings a database to the schema of folders of NNNN_what.sql files: ours, then those of
// integrators, whose files are known as own/NNNN_what.sql. Files are applied once, in the order of their names, each in a transaction of its own; what
// was applied is kept in schema_migrations with its checksum. A file that was edited
// afterwards is an error: write a new one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::store {

// Names of the files applied now; none when it was up to date. Makes the database file
// when it is missing.
base::Result<std::vector<std::string>> migrate(std::string_view url, const std::string& folder,
                                               const std::vector<std::string>& own = {});

// Names of the files that migrate() would apply; fails as it would. For the start of
// the host, which refuses to serve an old schema.
base::Result<std::vector<std::string>> missing_migrations(std::string_view url,
                                                          const std::string& folder);

// What is wrong with the folder itself (names, unreadable files); for `check`.
base::Result<void> check_migrations(const std::string& folder);

}  // namespace host::store
