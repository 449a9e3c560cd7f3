// `patchbay new`: a commented script and its test, ready to run.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace host::cli {

// The folders of examples/templates, sorted.
std::vector<std::string> skeleton_kinds();

// `kind` is one of these. Existing files are left alone: conflict; so are scripts of `others` that the new ones
// would replace, unless `force`.
// Returns the names of the files written, a line each.
base::Result<std::string> write_skeleton(const std::string& kind, const std::string& name,
                                         const std::string& folder, const std::vector<std::string>& others, bool force);

}  // namespace host::cli
