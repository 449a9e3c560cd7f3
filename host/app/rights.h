// Who may open a unix socket of ours.
#pragma once

#include <string>

#include "base/result.h"

namespace host::app {

// `group` by name or number, "" leaves it; `mode` as chmod writes it.
base::Result<void> set_rights(const std::string& path, const std::string& group, const std::string& mode);

}  // namespace host::app
