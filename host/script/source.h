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
  int folder = 0;  // of which it was read: 0 are the stock scripts
  std::shared_ptr<const Script> below = nullptr;  // what it overrides
};

// A file that is not served, and why.
struct SetAside {
  std::string name;  // path below its folder
  std::string file;
  std::string message;
  std::string text;
};

struct ScriptSet {
  std::map<std::string, Script> scripts;  // by path below its folder, "openapi/extension.lua"
  std::uint64_t hash = 0;                 // of paths and texts: equal sets need no reload
  bool open = false;                      // tests may require what no script could
  bool commands = false;                  // load those too: nothing but the command line has them
  std::vector<SetAside> aside;

  // Takes a script out; what it overrides is served in its place. False: it is not there.
  bool set_aside(const std::string& name, const std::string& message);
};

// Later folders override earlier ones file by file. A folder that does not exist is
// empty. Tests (`*_test.lua`) and hidden files are left out. What cannot be read is an error, or set aside.
base::Result<std::shared_ptr<const ScriptSet>> read_scripts(const std::vector<std::string>& folders,
                                                            bool set_aside = false);

}  // namespace host::script
