// `patchbay new`: a commented script and its test, ready to run.
#pragma once

#include <string>

#include "base/result.h"

namespace host::app {

// `kind` is route, reqtype, object or model. Existing files are left alone: conflict.
// Returns the names of the files written, a line each.
base::Result<std::string> write_skeleton(const std::string& kind, const std::string& name,
                                         const std::string& folder);

}  // namespace host::app
