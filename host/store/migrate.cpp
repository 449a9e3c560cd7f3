#include "store/migrate.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "codec/digest.h"
#include "store/sqlite.h"

namespace host::store {

using base::Code;
using base::Error;
using base::Result;

namespace {

struct File {
  std::string name;
  std::string sql;
  std::string checksum;
};

std::string checksum_of(std::string_view sql) {
  return base::text::hex(codec::digest::sha256(sql));
}

// 0001_what.sql, 0001_what.sqlite.sql, 0001_what.mariadb.sql
bool good_name(std::string_view name) {
  if (name.size() < 10 || name[4] != '_') return false;
  for (char c : name.substr(0, 4)) {
    if (c < '0' || c > '9') return false;
  }
  std::string_view what = name.substr(5, name.size() - 9);
  for (std::string_view engine : {".sqlite", ".mariadb"}) {
    if (what.ends_with(engine)) what.remove_suffix(engine.size());
  }
  return !what.empty() && what.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == what.npos;
}

Result<std::vector<File>> read_folder(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code failure;
  std::vector<File> files;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end; it.increment(failure)) {
    std::string name = it->path().filename().string();
    if (!name.ends_with(".sql")) continue;
    if (!good_name(name)) return base::invalid(fmt::format("schema: not NNNN_what.sql: {}", name));
    if (name.ends_with(".mariadb.sql")) continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::string sql((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return base::unavailable(fmt::format("schema: cannot read {}", it->path().string()));
    std::string checksum = checksum_of(sql);
    files.push_back({std::move(name), std::move(sql), std::move(checksum)});
  }
  if (failure) return base::unavailable(fmt::format("schema: {}: {}", folder, failure.message()));
  if (files.empty()) return base::not_found(fmt::format("schema: no .sql file in {}", folder));
  std::sort(files.begin(), files.end(), [](auto& a, auto& b) { return a.name < b.name; });
  return files;
}

Result<void> create_file(const std::string& path) {
  // Secrets live here: nobody but owner and group (Asterisk) may read it.
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660);
  if (descriptor < 0) {
    return base::unavailable(fmt::format("store: cannot create {}: {}", path, std::strerror(errno)));
  }
  ::close(descriptor);
  return {};
}

constexpr const char* log_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (file VARCHAR(191) NOT NULL PRIMARY KEY,"
    " checksum CHAR(64) NOT NULL, applied DATETIME NOT NULL)";

// The files of all folders in the order they are applied in. Of own files with the same
// name the later folder's counts, as with scripts.
Result<std::vector<File>> read_folders(const std::string& folder, const std::vector<std::string>& own) {
  TRY(auto files, read_folder(folder));
  std::map<std::string, File> added;
  for (const std::string& each : own) {
    auto found = read_folder(each);
    if (!found && found.error().code == Code::not_found) continue;  // a folder without .sql
    if (!found) return found.error();
    for (File& file : *found) {
      file.name = "own/" + file.name;
      added[file.name] = std::move(file);
    }
  }
  for (auto& [name, file] : added) files.push_back(std::move(file));
  return files;
}

// Files that are not applied yet; an error when an applied one has changed since.
Result<std::vector<File>> not_applied(sqlite::Connection& connection, std::vector<File> files) {
  std::map<std::string, std::string> applied;
  if (connection.table_columns("schema_migrations")) {
    TRY(Rows rows, connection.run({"SELECT file, checksum FROM schema_migrations", {}, {}}, {}, {}));
    for (std::size_t i = 0; i < rows.size(); ++i) applied[rows.text(i, 0)] = rows.text(i, 1);
  }
  std::vector<File> left;
  for (File& file : files) {
    auto found = applied.find(file.name);
    if (found == applied.end()) {
      left.push_back(std::move(file));
    } else if (found->second != file.checksum) {
      return Error{Code::conflict,
                   fmt::format("schema: {} was edited after it was applied", file.name)};
    }
  }
  return left;
}

Result<void> apply(sqlite::Connection& connection, const File& file) {
  TRY_VOID(connection.execute("BEGIN IMMEDIATE"));
  auto done = [&]() -> Result<void> {
    TRY_VOID(connection.execute(file.sql.c_str()));
    if (!connection.in_transaction()) return base::invalid("ends the transaction it runs in");
    Query log{"INSERT INTO schema_migrations (file, checksum, applied) VALUES (?, ?, datetime('now'))",
              {file.name, file.checksum},
              {}};
    TRY(Rows logged, connection.run(log, {}, {}));
    (void)logged;
    return connection.execute("COMMIT");
  }();
  if (done) return done;
  if (connection.in_transaction()) (void)connection.execute("ROLLBACK");
  return Error{done.error().code, fmt::format("schema: {}: {}", file.name, done.error().message)};
}

}  // namespace

Result<std::vector<std::string>> migrate(std::string_view url, const std::string& folder,
                                         const std::vector<std::string>& own) {
  TRY(std::string path, sqlite::path_of(url));
  TRY(auto files, read_folders(folder, own));
  TRY_VOID(create_file(path));
  TRY(auto connection, sqlite::Connection::open(path, sqlite::Role::direct));
  TRY_VOID(connection->execute(log_table));
  TRY(auto left, not_applied(*connection, std::move(files)));
  std::vector<std::string> names;
  for (const File& file : left) {
    TRY_VOID(apply(*connection, file));
    names.push_back(file.name);
  }
  return names;
}

Result<std::vector<std::string>> missing_migrations(std::string_view url,
                                                    const std::string& folder) {
  TRY(std::string path, sqlite::path_of(url));
  TRY(auto files, read_folder(folder));
  TRY(auto connection, sqlite::Connection::open(path, sqlite::Role::reader));
  TRY(auto left, not_applied(*connection, std::move(files)));
  std::vector<std::string> names;
  for (const File& file : left) names.push_back(file.name);
  return names;
}

Result<void> check_migrations(const std::string& folder) {
  TRY(auto files, read_folder(folder));
  (void)files;
  return {};
}

}  // namespace host::store
