// `patchbay serve`: makes every service in order, runs until a signal, and ends them in
// reverse order.
#pragma once

#include "app/lane.h"
#include "base/config.h"
#include "base/result.h"

namespace host::ami {
class Hub;
}
namespace host::store {
class Database;
}

namespace host::app {

// The process-wide services; lanes make their own around them.
struct Shared {
  store::Database& database;
  ami::Hub& hub;
  const base::Config& config;
};

// Given by main, because it alone knows the bindings.
using MakeServices =
    std::unique_ptr<LaneServices> (*)(const Shared& shared, loop::Loop& loop, loop::Deadlines& deadlines);
using OpenModules = void (*)(lua_State* L);  // without services: for checking scripts

// Returns when the host has ended; the error says why it could not start.
base::Result<void> serve(const base::Config& config, const std::string& version,
                         MakeServices make_services, OpenModules open_modules);

// Where schema/*.sql is: configured, or beside the first scripts folder that has one.
std::string schema_folder(const base::Config& config);

// Loads every script in a throw-away state. The error is `file:line: message`.
base::Result<std::size_t> check_scripts(const base::Config& config, OpenModules open_modules);

}  // namespace host::app
