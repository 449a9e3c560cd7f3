// Turns the running host's JSON answers into text for people.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace host::cli {

// `command` is reload, status or routes; `answer` what the admin socket said.
base::Result<std::string> present(std::string_view command, std::string_view answer);

}  // namespace host::cli
