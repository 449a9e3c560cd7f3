#include "cli/options.h"

#include <filesystem>

#include "base/log.h"
#include "base/log_level.h"

namespace host::cli {

static void configure_log(const base::Config& config) {
  base::log::Settings log;
  log.json = config.log.format == "json";
  log.level = base::log::level_of(config.log.level);
  log.line_bytes = config.log.line_kb * 1024;
  log.kept_bytes = config.log.buffer_kb * 1024;
  base::log::configure(log);
}

base::Result<base::Config> read_config(const Options& options) {
  TRY(base::Config config, base::Config::load(options.config, options.config_given));
  if (!options.listen.empty()) config.http.listen = options.listen;
  if (!options.database.empty()) config.store.url = options.database;
  for (const std::string& folder : options.scripts) {
    // One of the configuration may not be there yet; one that was named must be.
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) return base::invalid("no such folder of scripts: " + folder);
  }
  if (!options.scripts.empty()) config.scripts.paths = options.scripts;
  if (options.lanes > 0) config.http.lanes = options.lanes;
  return config;
}

base::Result<base::Config> load(const Options& options) {
  TRY(base::Config config, read_config(options));
  configure_log(config);
  return config;
}

}  // namespace host::cli
