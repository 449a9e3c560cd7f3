// `patchbay copy`: a store into another one, with a word on each table.
#pragma once

#include <string>

#include "base/config.h"
#include "base/result.h"

namespace host::app {

// Brings `to` to the current schema first. Prints to standard output; returns the closing line.
base::Result<std::string> copy_store(const base::Config& config, const std::string& from, const std::string& to);

}  // namespace host::app
