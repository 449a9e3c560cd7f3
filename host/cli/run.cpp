#include "cli/run.h"

#include <cstdio>
#include <iostream>
#include <optional>

#include "app/admin.h"
#include "app/backup.h"
#include "app/command.h"
#include "app/copy.h"
#include "cli/options.h"
#include "cli/present.h"
#include "cli/skeleton.h"
#include "codec/json.h"
#include "store/migrate.h"
#include "store/store.h"

namespace host::cli {

namespace {

int complain(const base::Error& error) {
  std::fprintf(stderr, "patchbay: %s\n", error.message.c_str());
  return failed;
}

int print(base::Result<std::string> text) {
  if (!text) return complain(text.error());
  std::fputs(text->c_str(), stdout);
  return ok;
}

int serve(const Program& program, const Options& options, const base::Config& config) {
  auto outcome = app::serve(config, program.version, program.make_services, [&options] { return read_config(options); });
  return outcome ? ok : complain(outcome.error());
}

int check(const Program& program, const base::Config& config) {
  std::vector<script::Problem> problems;
  auto outcome = app::check_scripts(config, program.open_modules, problems);
  for (const auto& problem : problems) std::fprintf(stderr, "%s\n", problem.message.c_str());
  if (!outcome) return problems.empty() ? complain(outcome.error()) : failed;
  std::printf("%zu routes, nothing wrong\n", *outcome);
  return ok;
}

int migrate(const base::Config& config) {
  auto applied = store::migrate(config.store.url, app::schema_folder(config), app::own_schemas(config));
  if (!applied) return complain(applied.error());
  for (const std::string& file : *applied) std::printf("applied %s\n", file.c_str());
  auto store = store::open_for_cli(config.store.url);
  if (!store) return complain(store.error());
  auto newer = app::newer_schema(**store, app::schema_folder(config));
  if (!newer) return complain(newer.error());
  for (const std::string& file : *newer) std::printf("not known here %s\n", file.c_str());
  std::printf(newer->empty() ? "the schema is current\n" : "the store is newer than this patchbay\n");
  return ok;
}

int ask_host(const base::Config& config, const Command& command) {
  auto answer = app::ask_admin(app::admin_place_of_host(config), command.name, 60);
  if (!answer) return complain(answer.error());
  bool good = answer->find("\"ok\":false") == std::string::npos;
  if (command.json) {
    std::printf("%s\n", answer->c_str());
  } else {
    auto text = present(command.name, *answer);
    if (!text) return complain(text.error());
    std::fputs(text->c_str(), good ? stdout : stderr);
  }
  return good ? ok : failed;
}

// The options of a command that scripts/commands/ runs, as one JSON object; nullopt: it is none of those.
std::optional<std::string> arguments_of(const Command& command, const std::string& password) {
  std::string out = "{";
  auto name = [&out](std::string_view text) {
    if (out.size() > 1) out += ',';
    codec::json::append_string(out, text);
    out += ':';
  };
  auto text = [&](std::string_view key, std::string_view value) {
    name(key);
    codec::json::append_string(out, value);
  };
  auto number = [&](std::string_view key, std::int64_t value) {
    name(key);
    codec::json::append_integer(out, value);
  };
  auto flag = [&](std::string_view key, bool value) {
    name(key);
    out += value ? "true" : "false";
  };
  if (command.name == "tenant create") {
    text("code", command.tenant.code);
    text("name", command.tenant.name);
  } else if (command.name == "key create") {
    text("tenant", command.key.tenant);
    text("label", command.key.label);
    flag("read_only", command.key.read_only);
  } else if (command.name == "key revoke") {
    number("id", command.key.id);
  } else if (command.name == "user create") {
    text("name", command.user.name);
    text("password", password);
    flag("admin", command.user.admin);
  } else if (command.name == "user password") {
    text("name", command.user.name);
    text("password", password);
  } else if (command.name == "user delete") {
    text("name", command.user.name);
  } else if (command.name == "log") {
    text("tenant", command.log.tenant);
    number("limit", command.log.limit);
  } else if (command.name != "tenant list" && command.name != "key list" && command.name != "user list") {
    return std::nullopt;
  }
  flag("json", command.json);
  return out + "}";
}

}  // namespace

int run(const Program& program, const Command& command) {
  if (command.name.empty()) {
    std::fputs(help(program.version).c_str(), stdout);
    return wrong_usage;
  }
  if (command.name == "--list-api") {
    for (const std::string& name : program.api_names()) std::printf("%s\n", name.c_str());
    return ok;
  }
  if (command.name == "new") {
    const auto& fresh = command.fresh;
    // It works without a configuration, too: nothing is replaced then that we know of.
    auto config = base::Config::load(command.options.config, command.options.config_given);
    if (!config && command.options.config_given) return complain(config.error());
    return print(write_skeleton(fresh.kind, fresh.name, fresh.folder, config ? config->scripts.paths : base::Config().scripts.paths,
                                fresh.force));
  }
  auto config = load(command.options);
  if (!config) return complain(config.error());
  if (command.name == "serve") return serve(program, command.options, *config);
  if (command.name == "check") return check(program, *config);
  if (command.name == "migrate") return migrate(*config);
  if (command.name == "copy") return print(app::copy_store(*config, command.copy.from, command.copy.to));
  if (command.name == "backup") return print(app::backup_to(*config, program.version, command.backup));
  if (command.name == "restore") return print(app::restore_from(*config, program.version, command.backup));
  if (command.name == "test") {
    return app::run_tests(*config, command.test, program.version, program.make_services, program.open_test_modules)
               ? ok
               : failed;
  }
  std::string password;
  if (command.user.password_stdin && !std::getline(std::cin, password)) {
    std::fprintf(stderr, "patchbay: no password on standard input\n");
    return wrong_usage;
  }
  if (auto arguments = arguments_of(command, password)) {
    auto said = app::run_commands(*config, program.make_services, {{command.name, std::move(*arguments)}});
    if (!said) return complain(said.error());
    return print(std::move(said->front()));
  }
  return ask_host(*config, command);
}

}  // namespace host::cli
