// Composition root: the command line, and the one place that knows the bindings.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "ami/hub.h"
#include "app/admin.h"
#include "app/commands.h"
#include "app/present.h"
#include "app/serve.h"
#include "app/skeleton.h"
#include "app/testing.h"
#include "bind/bind.h"
#include "bind/cache.h"
#include "bind/testing.h"
#include "base/config.h"
#include "base/log.h"
#include "http/client.h"
#include "loop/worker.h"
#include "store/migrate.h"
#include "store/store.h"

using namespace host;

namespace {

enum Exit { ok = 0, failed = 1, wrong_usage = 2 };

bind::SharedCache& process_cache() {
  static bind::SharedCache* cache = nullptr;
  if (!cache) cache = new bind::SharedCache;  // outlives every lane; the process ends with it
  return *cache;
}

// Members are destroyed in reverse order; the bindings' pointers into them go last.
class Services final : public app::LaneServices {
 public:
  Services(const app::Shared& shared, loop::Loop& loop, loop::Deadlines& deadlines)
      : worker_("files"),
        reader_(shared.database.reader(loop)),
        writer_(shared.database.writer(loop)),
        client_(loop, client_settings(shared.config)) {
    services_.loop = &loop;
    services_.deadlines = &deadlines;
    services_.worker = &worker_;
    services_.reader = reader_.get();
    services_.writer = writer_.get();
    services_.hub = &shared.hub;
    services_.http = &client_;
    services_.cache = &process_cache();
    services_.texts = shared.texts.get();
    services_.shares = shared.shares.get();
    services_.guard = shared.guard.get();
    services_.recordings = shared.config.files.recordings;
    services_.voicemail = shared.config.files.voicemail;
    services_.media = shared.config.files.media;
    services_.fax = shared.config.files.fax;
    services_.pages = shared.config.files.pages;
    services_.call_records = shared.config.cdr.source;
    services_.settings_json = shared.config.settings_json;
  }

  void open_modules(lua_State* L) override {
    bind::set_services(L, &services_);
    bind::open_all(L);
  }

 private:
  static http::ClientSettings client_settings(const base::Config& config) {
    http::ClientSettings settings;
    if (config.outgoing.allow_private) settings.allowed_networks = {"*"};
    return settings;
  }

  loop::Worker worker_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<store::Writer> writer_;
  http::Client client_;
  bind::Services services_;
};

std::unique_ptr<app::LaneServices> make_services(const app::Shared& shared, loop::Loop& loop,
                                                 loop::Deadlines& deadlines) {
  return std::make_unique<Services>(shared, loop, deadlines);
}

// For states that only check scripts: the modules are there, nothing is behind them.
void open_modules_unserved(lua_State* L) {
  static bind::Services nothing;
  bind::set_services(L, &nothing);
  bind::open_all(L);
}

void open_test_modules(lua_State* L, script::TestWorld& world, app::LaneServices& services) {
  services.open_modules(L);
  bind::open_testing(L, world);
}

int complain(const base::Error& error) {
  std::fprintf(stderr, "patchbay: %s\n", error.message.c_str());
  return failed;
}

int print(base::Result<std::string> text) {
  if (!text) return complain(text.error());
  std::fputs(text->c_str(), stdout);
  return ok;
}

struct Options {
  std::string config = "/etc/patchbay/patchbay.toml";
  bool config_given = false;
  std::vector<std::string> listen;
  std::string database;
  std::vector<std::string> scripts;
  int lanes = 0;
};

base::Result<base::Config> load(const Options& options) {
  TRY(base::Config config, base::Config::load(options.config, options.config_given));
  if (!options.listen.empty()) config.http.listen = options.listen;
  if (!options.database.empty()) config.store.url = options.database;
  for (const std::string& folder : options.scripts) {
    // One of the configuration may not be there yet; one that was named must be.
    std::error_code ignored;
    if (!std::filesystem::is_directory(folder, ignored)) return base::invalid("no such folder of scripts: " + folder);
  }
  if (!options.scripts.empty()) config.scripts.paths = options.scripts;
  if (options.lanes > 0) config.http.lanes = options.lanes;
  base::log::Settings log;
  log.json = config.log.format == "json";
  if (config.log.level == "debug") log.level = base::log::Level::debug;
  if (config.log.level == "warn") log.level = base::log::Level::warn;
  if (config.log.level == "error") log.level = base::log::Level::error;
  log.line_bytes = config.log.line_kb * 1024;
  log.kept_bytes = config.log.buffer_kb * 1024;
  base::log::configure(log);
  return config;
}

template <typename Action>
int with_store(const Options& options, Action action) {
  auto config = load(options);
  if (!config) return complain(config.error());
  auto migrated = store::migrate(config->store.url, app::schema_folder(*config), app::own_schemas(*config));
  if (!migrated) return complain(migrated.error());
  auto direct = store::open_for_cli(config->store.url);
  if (!direct) return complain(direct.error());
  return print(action(**direct));
}

int ask_host(const Options& options, const std::string& command, bool json) {
  auto config = load(options);
  if (!config) return complain(config.error());
  auto answer = app::ask_admin(config->admin.socket, command, 60);
  if (!answer) return complain(answer.error());
  bool good = answer->find("\"ok\":false") == std::string::npos;
  if (json) {
    std::printf("%s\n", answer->c_str());
  } else {
    auto text = app::present(command, *answer);
    if (!text) return complain(text.error());
    std::fputs(text->c_str(), good ? stdout : stderr);
  }
  return good ? ok : failed;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App cli{"Patchbay: HTTP APIs in front of Asterisk"};
  cli.set_version_flag("--version", PATCHBAY_VERSION);
  cli.require_subcommand(0, 1);
  bool list_api = false;
  cli.add_flag("--list-api", list_api, "Print the names of all Lua primitives")->group("");

  auto common = [&options](CLI::App* command, bool with_scripts) {
    command->add_option("--config", options.config, "Configuration file")
        ->each([&options](const std::string&) { options.config_given = true; });
    command->add_option("--database", options.database, "sqlite:///path");
    if (with_scripts) {
      command->add_option("--scripts", options.scripts, "Folder of scripts; later ones override")
          ->allow_extra_args(false);
    }
  };

  CLI::App* serve = cli.add_subcommand("serve", "Answer requests until a signal ends it");
  common(serve, true);
  serve->add_option("--listen", options.listen, "HOST:PORT or unix:/path")->allow_extra_args(false);
  serve->add_option("--lanes", options.lanes, "Threads that answer; default: the cores")
      ->check(CLI::Range(1, 256));

  CLI::App* check = cli.add_subcommand("check", "Load every script and say what is wrong");
  common(check, true);

  CLI::App* migrate = cli.add_subcommand("migrate", "Bring the database to the current schema");
  common(migrate, false);

  CLI::App* tenant = cli.add_subcommand("tenant", "Tenants")->require_subcommand(1);
  std::string tenant_code, tenant_name, key_tenant, label, user_name, log_tenant;
  bool json = false, global = false, read_only = false, admin = false, password_stdin = false;
  long long key_id = 0;
  int log_limit = 50;
  CLI::App* tenant_create = tenant->add_subcommand("create", "Add a tenant");
  common(tenant_create, false);
  tenant_create->add_option("CODE", tenant_code)->required();
  tenant_create->add_option("--name", tenant_name, "Display name");
  CLI::App* tenant_list = tenant->add_subcommand("list", "All tenants");
  common(tenant_list, false);
  tenant_list->add_flag("--json", json);

  CLI::App* key = cli.add_subcommand("key", "API keys")->require_subcommand(1);
  CLI::App* key_create = key->add_subcommand("create", "Print a new key, once");
  common(key_create, false);
  auto* global_flag = key_create->add_flag("--global", global, "For all tenants");
  auto* tenant_option = key_create->add_option("--tenant", key_tenant, "For one tenant");
  global_flag->excludes(tenant_option);
  key_create->add_flag("--read-only", read_only);
  key_create->add_option("--label", label);
  CLI::App* key_list = key->add_subcommand("list", "All keys, masked");
  common(key_list, false);
  key_list->add_flag("--json", json);
  CLI::App* key_revoke = key->add_subcommand("revoke", "Refuse a key from now on");
  common(key_revoke, false);
  key_revoke->add_option("ID", key_id)->required();

  CLI::App* user = cli.add_subcommand("user", "People")->require_subcommand(1);
  CLI::App* user_create = user->add_subcommand("create", "Add a user");
  common(user_create, false);
  user_create->add_option("NAME", user_name)->required();
  user_create->add_flag("--admin", admin);
  user_create->add_flag("--password-stdin", password_stdin);

  CLI::App* log = cli.add_subcommand("log", "Show who changed what");
  common(log, false);
  log->add_option("--tenant", log_tenant);
  log->add_option("--limit", log_limit)->check(CLI::Range(1, 100000));
  log->add_flag("--json", json);

  std::map<std::string, CLI::App*> asking;
  for (const char* name : {"reload", "status", "routes"}) {
    asking[name] = cli.add_subcommand(name, std::string("Ask the running host: ") + name);
    common(asking[name], false);
    asking[name]->add_flag("--json", json);
  }

  app::TestOptions test_options;
  CLI::App* test = cli.add_subcommand("test", "Run Lua handler tests on a throw-away host");
  common(test, true);
  test->add_option("PATH", test_options.paths, "Files or folders of *_test.lua");
  test->add_option("--lanes", test_options.lanes)->check(CLI::Range(1, 16));
  test->add_option("--match", test_options.match, "Only tests whose name or file holds this");
  test->add_option("--cover", test_options.cover,
                   "Scripts folders of which every action must be answered in some test");

  std::string new_kind, new_name, new_folder = ".";
  CLI::App* fresh = cli.add_subcommand("new", "Write a commented skeleton with its test");
  fresh->add_option("KIND", new_kind)->required()->check(CLI::IsMember(app::skeleton_kinds()));
  fresh->add_option("NAME", new_name)->required();
  fresh->add_option("--folder", new_folder, "Scripts folder to write into");
  fresh->add_option("--config", options.config, "Accepted as everywhere; nothing of it is needed");

  try {
    cli.parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    int code = cli.exit(problem);
    return code == 0 ? ok : wrong_usage;
  }

  if (list_api) {
    for (const std::string& name : bind::api_names()) std::printf("%s\n", name.c_str());
    return ok;
  }
  if (serve->parsed()) {
    auto config = load(options);
    if (!config) return complain(config.error());
    auto outcome = app::serve(*config, PATCHBAY_VERSION, make_services);
    return outcome ? ok : complain(outcome.error());
  }
  if (check->parsed()) {
    auto config = load(options);
    if (!config) return complain(config.error());
    std::vector<std::string> problems;
    auto outcome = app::check_scripts(*config, open_modules_unserved, problems);
    for (const std::string& problem : problems) std::fprintf(stderr, "%s\n", problem.c_str());
    if (!outcome) return problems.empty() ? complain(outcome.error()) : failed;
    std::printf("%zu routes, nothing wrong\n", *outcome);
    return ok;
  }
  if (migrate->parsed()) {
    auto config = load(options);
    if (!config) return complain(config.error());
    auto applied = store::migrate(config->store.url, app::schema_folder(*config), app::own_schemas(*config));
    if (!applied) return complain(applied.error());
    for (const std::string& file : *applied) std::printf("applied %s\n", file.c_str());
    std::printf("the schema is current\n");
    return ok;
  }
  if (tenant_create->parsed()) {
    return with_store(options, [&](store::Direct& store) { return app::create_tenant(store, tenant_code, tenant_name); });
  }
  if (tenant_list->parsed()) {
    return with_store(options, [&](store::Direct& store) { return app::list_tenants(store, json); });
  }
  if (key_create->parsed()) {
    if (!global && key_tenant.empty()) {
      std::fprintf(stderr, "patchbay: key create: --global or --tenant CODE\n");
      return wrong_usage;
    }
    return with_store(options, [&](store::Direct& store) { return app::create_key(store, key_tenant, read_only, label); });
  }
  if (key_list->parsed()) {
    return with_store(options, [&](store::Direct& store) { return app::list_keys(store, json); });
  }
  if (key_revoke->parsed()) {
    return with_store(options, [&](store::Direct& store) { return app::revoke_key(store, key_id); });
  }
  if (user_create->parsed()) {
    std::string password;
    if (password_stdin && !std::getline(std::cin, password)) {
      std::fprintf(stderr, "patchbay: no password on standard input\n");
      return wrong_usage;
    }
    return with_store(options, [&](store::Direct& store) { return app::create_user(store, user_name, admin, password); });
  }
  if (log->parsed()) {
    return with_store(options, [&](store::Direct& store) { return app::show_log(store, log_tenant, log_limit, json); });
  }
  for (const auto& [name, command] : asking) {
    if (command->parsed()) return ask_host(options, name, json);
  }
  if (test->parsed()) {
    auto config = load(options);
    if (!config) return complain(config.error());
    bool passed = app::run_tests(*config, test_options, PATCHBAY_VERSION, make_services, open_test_modules);
    return passed ? ok : failed;
  }
  if (fresh->parsed()) return print(app::write_skeleton(new_kind, new_name, new_folder));
  std::fputs(cli.help().c_str(), stdout);
  return wrong_usage;
}
