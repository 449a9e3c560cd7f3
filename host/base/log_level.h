// The log's level while threads write to it.
#pragma once

#include <string_view>

#include "base/log.h"

namespace host::base::log {

// "debug", "info", "warn", "error"; info for anything else.
Level level_of(std::string_view word) noexcept;
void set_level(Level level) noexcept;

}  // namespace host::base::log
