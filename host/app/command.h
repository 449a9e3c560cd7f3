// Commands of scripts/commands/, run through the models on the configured store: no lanes,
// no manager, nothing listens.
#pragma once

#include <string>
#include <vector>

#include "app/serve.h"
#include "base/config.h"
#include "base/result.h"

namespace host::app {

struct CommandCall {
  std::string name;            // of its job: "key create"
  std::string arguments_json;  // one object
};

// Runs them one after the other, up to the first that fails; what each prints. The store's
// schema is brought up to date first.
base::Result<std::vector<std::string>> run_commands(const base::Config& config, MakeServices make_services,
                                                    const std::vector<CommandCall>& calls);

}  // namespace host::app
