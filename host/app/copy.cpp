#include "app/copy.h"

#include <fmt/format.h>

#include <cstdio>

#include "app/serve.h"
#include "store/copy.h"
#include "store/migrate.h"

namespace host::app {

using base::Result;

Result<std::string> copy_store(const base::Config& config, const std::string& from, const std::string& to) {
  TRY(auto left, store::missing_migrations(from, schema_folder(config)));
  if (!left.empty()) return base::invalid("copy: the source has not the current schema: run migrate on it");
  TRY(auto applied, store::migrate(to, schema_folder(config), own_schemas(config)));
  auto tell = [](const store::CopiedTable& table, bool done) {
    if (!done) {
      std::printf("%s: %llu rows ...\n", table.name.c_str(), static_cast<unsigned long long>(table.rows));
    } else if (table.rows + table.removed > 0) {
      std::printf("%s: %llu rows, %llu new, %llu changed, %llu removed, checksum %016llx\n", table.name.c_str(),
                  static_cast<unsigned long long>(table.rows), static_cast<unsigned long long>(table.added),
                  static_cast<unsigned long long>(table.changed), static_cast<unsigned long long>(table.removed),
                  static_cast<unsigned long long>(table.checksum));
    }
    std::fflush(stdout);
  };
  TRY(auto tables, store::copy(from, to, tell));
  std::uint64_t rows = 0, written = 0;
  for (const auto& table : tables) {
    rows += table.rows;
    written += table.added + table.changed + table.removed;
  }
  return fmt::format("{} tables with {} rows are the same on both sides; {} were written\n", tables.size(), rows, written);
}

}  // namespace host::app
