// `patchbay test`: runs Lua handler tests. Every test file gets a host of its own on a
// free port, with a fresh store (tenants DEMO and OTHER, keys, user admin) and a scripted
// Asterisk; its tests run as jobs of a Lua state that is not the host's. A test fails by what
// it says itself, by a step of the Asterisk that was not played, by a line in the log at warn
// or above that it did not announce, and by a request or job that it leaves running.
#pragma once

#include <string>
#include <vector>

#include "app/serve.h"
#include "base/config.h"
#include "script/test_world.h"

namespace host::app {

struct TestOptions {
  std::vector<std::string> paths;  // files or folders; empty: the scripts folders
  std::string match;               // only tests whose "file: name" holds this
  int lanes = 1;
  std::string store;  // URL of a database: those of the tests are made beside it; empty: SQLite files
  // Scripts folders whose every action some test must get an answer from. Empty: those that
  // hold tests themselves, when all are run (neither `paths` nor `match`).
  std::vector<std::string> cover;
};

using OpenTestModules = void (*)(lua_State* L, script::TestWorld& world, LaneServices& services);

// Prints one line per failed test and a closing line; true when all passed.
bool run_tests(const base::Config& config, const TestOptions& options, const std::string& version,
               MakeServices make_services, OpenTestModules open_test_modules);

}  // namespace host::app
