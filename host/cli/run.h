// Does what the command line asks for, and says how it went: the status to exit with.
#pragma once

#include <string>
#include <vector>

#include "app/serve.h"
#include "app/testing.h"
#include "cli/command_line.h"

namespace host::cli {

enum Exit : int { ok = 0, failed = 1, wrong_usage = 2 };

// What main alone knows.
struct Program {
  std::string version;
  app::MakeServices make_services;
  app::OpenModules open_modules;
  app::OpenTestModules open_test_modules;
  std::vector<std::string> (*api_names)();
};

int run(const Program& program, const Command& command);

}  // namespace host::cli
