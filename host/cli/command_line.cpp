#include "cli/command_line.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <map>

#include "cli/run.h"
#include "cli/skeleton.h"

namespace host::cli {

namespace {

// CLI11's own objects, bound to the members of a Command.
class Grammar {
 public:
  Grammar(Command& command, const std::string& version) : command_(command) {
    cli_.set_version_flag("--version", version);
    cli_.require_subcommand(0, 1);
    cli_.add_flag("--list-api", list_api_, "Print the names of all Lua primitives")->group("");
    host_commands();
    store_commands();
    script_commands();
  }

  CLI::App& app() { return cli_; }

  // The command that was given, "key create".
  std::string given() const {
    if (list_api_) return "--list-api";
    for (const auto& [name, app] : commands_) {
      if (app->parsed()) return name;
    }
    return {};
  }

  bool for_nobody() const { return given() == "key create" && !global_ && command_.key.tenant.empty(); }

 private:
  CLI::App* add(const std::string& name, const std::string& summary, bool with_scripts = false) {
    std::size_t blank = name.find(' ');
    CLI::App* parent = blank == std::string::npos ? &cli_ : cli_.get_subcommand(name.substr(0, blank));
    CLI::App* made = parent->add_subcommand(blank == std::string::npos ? name : name.substr(blank + 1), summary);
    made->add_option("--config", command_.options.config, "Configuration file")
        ->each([this](const std::string&) { command_.options.config_given = true; });
    made->add_option("--database", command_.options.database, "sqlite:///path or mysql://user@host/name");
    if (with_scripts) {
      made->add_option("--scripts", command_.options.scripts, "Folder of scripts; later ones override")
          ->allow_extra_args(false);
    }
    commands_[name] = made;
    return made;
  }

  void host_commands() {
    CLI::App* serve = add("serve", "Answer requests until a signal ends it", true);
    serve->add_option("--listen", command_.options.listen, "HOST:PORT or unix:/path")->allow_extra_args(false);
    serve->add_option("--lanes", command_.options.lanes, "Threads that answer; default: the cores")
        ->check(CLI::Range(1, 256));
    for (const char* name : {"reload", "status", "routes"}) {
      add(name, std::string("Ask the running host: ") + name)->add_flag("--json", command_.json);
    }
  }

  void store_commands() {
    add("migrate", "Bring the database to the current schema");
    CLI::App* copy = add("copy", "Make one store what another one is, of any engine, and hold both against each other");
    copy->add_option("--from", command_.copy.from, "URL of the store that is read; its host may run")->required();
    copy->add_option("--to", command_.copy.to, "URL of the store that becomes the same; no host uses it")->required();

    add("backup", "Write the store, media and voicemail into a new file; a host may run")
        ->add_option("FILE", command_.backup)->required();
    add("restore", "Make the store, media and voicemail what a backup holds; no host may run")
        ->add_option("FILE", command_.backup)->required();

    cli_.add_subcommand("tenant", "Tenants")->require_subcommand(1);
    CLI::App* create = add("tenant create", "Add a tenant");
    create->add_option("CODE", command_.tenant.code)->required();
    create->add_option("--name", command_.tenant.name, "Display name");
    add("tenant list", "All tenants")->add_flag("--json", command_.json);

    cli_.add_subcommand("key", "API keys")->require_subcommand(1);
    create = add("key create", "Print a new key, once");
    auto* global = create->add_flag("--global", global_, "For all tenants");
    global->excludes(create->add_option("--tenant", command_.key.tenant, "For one tenant"));
    create->add_flag("--read-only", command_.key.read_only);
    create->add_option("--label", command_.key.label);
    add("key list", "All keys, masked")->add_flag("--json", command_.json);
    add("key revoke", "Refuse a key from now on")->add_option("ID", command_.key.id)->required();

    cli_.add_subcommand("user", "People")->require_subcommand(1);
    create = add("user create", "Add a user");
    create->add_option("NAME", command_.user.name)->required();
    create->add_flag("--admin", command_.user.admin);
    create->add_flag("--password-stdin", command_.user.password_stdin);
    add("user list", "All users")->add_flag("--json", command_.json);
    CLI::App* change = add("user password", "Give a user another password, and end the sessions of the old one");
    change->add_option("NAME", command_.user.name)->required();
    change->add_flag("--password-stdin", command_.user.password_stdin);
    add("user delete", "Take a user away")->add_option("NAME", command_.user.name)->required();

    CLI::App* log = add("log", "Show who changed what");
    log->add_option("--tenant", command_.log.tenant);
    log->add_option("--limit", command_.log.limit)->check(CLI::Range(1, 100000));
    log->add_flag("--json", command_.json);
  }

  void script_commands() {
    add("check", "Load every script and say what is wrong", true);

    CLI::App* test = add("test", "Run Lua handler tests on a throw-away host", true);
    test->add_option("PATH", command_.test.paths, "Files or folders of *_test.lua");
    test->add_option("--lanes", command_.test.lanes)->check(CLI::Range(1, 16));
    test->add_option("--store", command_.test.store, "URL of a database, beside which those of the tests are made");
    test->add_option("--match", command_.test.match, "Only tests whose name or file holds this");
    test->add_option("--cover", command_.test.cover,
                     "Scripts folders of which every action must be answered in some test");

    CLI::App* fresh = cli_.add_subcommand("new", "Write a commented skeleton with its test");
    fresh->add_option("KIND", command_.fresh.kind)->required()->check(CLI::IsMember(skeleton_kinds()));
    fresh->add_option("NAME", command_.fresh.name)->required();
    fresh->add_option("--folder", command_.fresh.folder, "Scripts folder to write into");
    fresh->add_flag("--force", command_.fresh.force, "Even where it replaces a script of another folder");
    fresh->add_option("--config", command_.options.config, "Where the other scripts are")
        ->each([this](const std::string&) { command_.options.config_given = true; });
    commands_["new"] = fresh;
  }

  Command& command_;
  CLI::App cli_{"Patchbay: HTTP APIs in front of Asterisk"};
  std::map<std::string, CLI::App*> commands_;
  bool list_api_ = false;
  bool global_ = false;
};

}  // namespace

std::variant<Command, int> parse(int argc, const char* const* argv, const std::string& version) {
  Command command;
  Grammar grammar(command, version);
  try {
    grammar.app().parse(argc, argv);
  } catch (const CLI::ParseError& problem) {
    int code = grammar.app().exit(problem);
    return static_cast<int>(code == 0 ? ok : wrong_usage);
  }
  if (grammar.for_nobody()) {
    std::fprintf(stderr, "patchbay: key create: --global or --tenant CODE\n");
    return static_cast<int>(wrong_usage);
  }
  command.name = grammar.given();
  return command;
}

std::string help(const std::string& version) {
  Command command;
  return Grammar(command, version).app().help();
}

}  // namespace host::cli
