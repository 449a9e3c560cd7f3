// ScriptSet: all *.lua below the script folders as one immutable snapshot, so that every
// lane builds the same generation even while files are being saved.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace host::script {

struct Script {
  std::string file;  // where it was read, absolute
  std::string text;
};

struct ScriptSet {
  std::map<std::string, Script> scripts;  // by path below its folder, "openapi/extension.lua"
  std::uint64_t hash = 0;                 // of paths and texts: equal sets need no reload
  bool open = false;                      // tests may require what no script could
};

// Later folders override earlier ones file by file. A folder that does not exist is
// empty. Tests (`*_test.lua`) and hidden files are left out.
base::Result<std::shared_ptr<const ScriptSet>> read_scripts(const std::vector<std::string>& folders);

}  // namespace host::script
