#include "app/command.h"

#include <unistd.h>

#include <optional>
#include <utility>

#include "ami/hub.h"
#include "script/generation.h"
#include "script/layers.h"
#include "script/source.h"
#include "store/migrate.h"
#include "store/store.h"

namespace host::app {

using base::Result;

// The libraries that commands are made of, and the commands themselves.
static Result<script::ScriptSet> command_scripts(const base::Config& config) {
  TRY(auto all, script::read_scripts(config.scripts.paths));
  script::ScriptSet set;
  set.commands = true;
  for (const auto& [file, script] : all->scripts) {
    auto role = script::layers::role_of(file);
    if (role == script::layers::Role::library || role == script::layers::Role::command) set.scripts[file] = script;
  }
  return set;
}

Result<std::vector<std::string>> run_commands(const base::Config& config, MakeServices make_services,
                                              const std::vector<CommandCall>& calls) {
  TRY_VOID(store::migrate(config.store.url, schema_folder(config), own_schemas(config)));
  TRY(auto scripts, command_scripts(config));
  TRY(auto database, store::open(config.store.url));
  std::string said;
  loop::Loop loop;
  loop::Deadlines deadlines(loop);
  ami::Hub no_nodes({});
  Shared shared{*database, no_nodes, config};
  shared.console = &said;
  auto services = make_services(shared, loop, deadlines);
  script::Watchdog watchdog;
  script::Setup setup;
  setup.loop = &loop;
  setup.deadlines = &deadlines;
  setup.watchdog = &watchdog;
  setup.limits.slow_ms = setup.limits.job_ms;  // there is nobody else to wait
  setup.open_modules = [&services](lua_State* L) { services->open_modules(L); };
  TRY(auto generation, script::Generation::build(scripts, 1, std::move(setup)));
  std::vector<std::string> outputs;
  for (const CommandCall& call : calls) {
    std::optional<Result<void>> outcome;
    script::JobEvents given;
    given.events.push_back({call.name, {{"arguments", call.arguments_json}}});
    auto running = generation->run_job(call.name, std::make_shared<const script::JobEvents>(std::move(given)),
                                       [&outcome](Result<void> result) { outcome = std::move(result); });
    while (!outcome) {
      loop.poll();
      if (!outcome) ::usleep(200);
    }
    if (!*outcome) return std::move(*outcome).error();
    outputs.push_back(std::exchange(said, {}));
  }
  return outputs;
}

}  // namespace host::app
