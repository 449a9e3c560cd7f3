// `patchbay backup` and `patchbay restore`.
#pragma once

#include <string>

#include "base/config.h"
#include "base/result.h"
#include "store/backup.h"

namespace host::app {

store::BackupPlace backup_place(const base::Config& config, const std::string& version);

// Into a new file; a host may run. Both return the closing line.
base::Result<std::string> backup_to(const base::Config& config, const std::string& version, const std::string& path);
// `conflict` while a host runs on the store.
base::Result<std::string> restore_from(const base::Config& config, const std::string& version, const std::string& path);

}  // namespace host::app
