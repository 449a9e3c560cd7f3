// The configuration as a command sees it: the file's, the environment's, and what the command line overrides.
#pragma once

#include "base/config.h"
#include "base/result.h"
#include "cli/command_line.h"

namespace host::cli {

base::Result<base::Config> read_config(const Options& options);

// Configures the log as well.
base::Result<base::Config> load(const Options& options);

}  // namespace host::cli
