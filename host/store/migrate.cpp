#include "store/migrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "codec/digest.h"
#include "store/engine.h"

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

constexpr std::string_view engines[] = {"sqlite", "mariadb"};

// 0001_what.sql for all engines, 0001_what.sqlite.sql, 0001_what.mariadb.sql for one.
std::string_view engine_in(std::string_view name) {
  for (std::string_view engine : engines) {
    std::string end = fmt::format(".{}.sql", engine);
    if (name.ends_with(end)) return name.substr(name.size() - end.size() + 1, engine.size());
  }
  return {};
}

bool good_name(std::string_view name) {
  if (name.size() < 10 || name[4] != '_') return false;
  for (char c : name.substr(0, 4)) {
    if (c < '0' || c > '9') return false;
  }
  std::string_view what = name.substr(5, name.size() - 9);
  if (std::string_view engine = engine_in(name); !engine.empty()) what.remove_suffix(engine.size() + 1);
  return !what.empty() && what.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == what.npos;
}

// The files of one engine; of two of the same number and name its own.
Result<std::vector<File>> read_folder(const std::string& folder, std::string_view engine) {
  namespace fs = std::filesystem;
  std::error_code failure;
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, failure), end; !failure && it != end; it.increment(failure)) {
    std::string name = it->path().filename().string();
    if (!name.ends_with(".sql")) continue;
    if (!good_name(name)) return base::invalid(fmt::format("schema: not NNNN_what.sql: {}", name));
    names.push_back(std::move(name));
  }
  if (failure) return base::unavailable(fmt::format("schema: {}: {}", folder, failure.message()));
  if (names.empty()) return base::not_found(fmt::format("schema: no .sql file in {}", folder));
  std::sort(names.begin(), names.end());

  std::vector<File> files;
  for (const std::string& name : names) {
    std::string_view whose = engine_in(name);
    std::string twin = fmt::format("{}.{}.sql", name.substr(0, name.size() - 4), engine);
    if (!whose.empty() ? whose != engine : std::binary_search(names.begin(), names.end(), twin)) continue;
    std::ifstream in(fs::path(folder) / name, std::ios::binary);
    std::string sql((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (!in) return base::unavailable(fmt::format("schema: cannot read {}/{}", folder, name));
    std::string checksum = checksum_of(sql);
    files.push_back({name, std::move(sql), std::move(checksum)});
  }
  return files;
}

constexpr const char* log_table =
    "CREATE TABLE IF NOT EXISTS schema_migrations (file VARCHAR(191) NOT NULL PRIMARY KEY,"
    " checksum CHAR(64) NOT NULL, applied DATETIME NOT NULL)";

// The files of all folders in the order they are applied in. Of own files with the same
// name the later folder's counts, as with scripts.
Result<std::vector<File>> read_folders(const std::string& folder, const std::vector<std::string>& own,
                                       std::string_view engine) {
  TRY(auto files, read_folder(folder, engine));
  std::map<std::string, File> added;
  for (const std::string& each : own) {
    auto found = read_folder(each, engine);
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
Result<std::vector<File>> not_applied(Direct& store, std::vector<File> files) {
  std::map<std::string, std::string> applied;
  if (store.columns("schema_migrations")) {
    TRY(Rows rows, store.run({"SELECT file, checksum FROM schema_migrations", {}, {}}));
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

std::string now() {
  std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts)};
}

// Two hosts that start at once come here one after the other: the second finds it done. false
// when it was.
Result<bool> apply(Direct& store, const File& file) {
  bool applied = false;
  auto done = store.alone([&]() -> Result<void> {
    TRY(Rows known, store.run({"SELECT 1 FROM schema_migrations WHERE file = ?", {file.name}, {}}));
    if (!known.empty()) return {};
    TRY_VOID(store.script(file.sql));
    TRY(Rows logged, store.run({"INSERT INTO schema_migrations (file, checksum, applied) VALUES (?, ?, ?)",
                                {file.name, file.checksum, now()},
                                {}}));
    applied = true;
    return {};
  });
  if (done) return applied;
  return Error{done.error().code, fmt::format("schema: {}: {}", file.name, done.error().message)};
}

}  // namespace

Result<std::vector<std::string>> migrate(std::string_view url, const std::string& folder,
                                         const std::vector<std::string>& own) {
  TRY(const Engine* engine, engine_of(url));
  TRY(auto files, read_folders(folder, own, engine->name));
  TRY_VOID(engine->create(url));
  TRY(auto store, engine->direct(url));
  TRY_VOID(store->alone([&] { return store->script(log_table); }));
  TRY(auto left, not_applied(*store, std::move(files)));
  std::vector<std::string> names;
  for (const File& file : left) {
    TRY(bool applied, apply(*store, file));
    if (applied) names.push_back(file.name);
  }
  return names;
}

Result<std::vector<std::string>> missing_migrations(std::string_view url,
                                                    const std::string& folder) {
  TRY(const Engine* engine, engine_of(url));
  TRY(auto files, read_folder(folder, engine->name));
  TRY(auto store, engine->direct(url));
  TRY(auto left, not_applied(*store, std::move(files)));
  std::vector<std::string> names;
  for (const File& file : left) names.push_back(file.name);
  return names;
}

Result<void> check_migrations(const std::string& folder) {
  for (std::string_view engine : engines) {
    TRY(auto files, read_folder(folder, engine));
    if (files.empty()) return base::not_found(fmt::format("schema: nothing for {} in {}", engine, folder));
  }
  return {};
}

}  // namespace host::store
