// What a Lua test may ask for: filled by app/testing.cpp, shown by bind/testing.cpp.
#pragma once

#include <string>
#include <vector>

#include "base/function.h"

namespace host::ami {
class Fake;
}

namespace host::script {

struct TestWorld {
  std::string url;     // http://127.0.0.1:port of the host under test
  std::string folder;  // its files: recordings/, voicemail/, media/, fax/
  std::string key, read_key, other_key, global_key, global_read_key;
  std::string password;  // of the user admin
  ami::Fake* fake = nullptr;
  std::vector<std::string> (*logged)() = nullptr;  // lines at warn and above since the last call
};

}  // namespace host::script
