#include "app/testing.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "ami/fake.h"
#include "ami/hub.h"
#include "app/command.h"
#include "app/fake_helpers.h"
#include "app/fake_web.h"
#include "app/probe.h"
#include "app/supervisor.h"
#include "base/log.h"
#include "base/text.h"
#include "script/layers.h"
#include "store/migrate.h"
#include "store/store.h"

namespace host::app {

using base::Result;
namespace fs = std::filesystem;

namespace {

// A folder that goes with its owner.
class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "patchbay-test-XXXXXX").string();
    CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

struct Tally {
  int passed = 0;
  int failed = 0;

  void add(const std::string& test, const std::string& problem) {
    if (problem.empty()) {
      ++passed;
      return;
    }
    ++failed;
    std::printf("FAILED %s\n%s\n", test.c_str(), problem.c_str());
    std::fflush(stdout);
  }
};

void add_line(std::string& text, const std::string& line) {
  if (!text.empty()) text += '\n';
  text += line;
}

// Lines at warn and above since the last call, but how long code ran: that is about the machine.
std::vector<std::string> logged() {
  std::vector<std::string> lines = base::log::take_warnings();
  std::erase_if(lines, [](const std::string& line) { return line.find(" ms without a wait") != std::string::npos; });
  return lines;
}

// What was wrong, and what was logged that nobody announced.
std::string with_log(std::string problem) {
  for (const std::string& line : logged()) add_line(problem, "logged: " + line);
  return problem;
}

// Actions of the scripts in `folders`, and which of them were answered other than with an error.
struct Coverage {
  std::vector<std::string> folders;
  std::set<std::string> declared;
  std::set<std::string> answered;

  void add(const Supervisor& host) {
    std::error_code ignored;
    for (const script::RouteInfo& route : host.routes()) {
      if (route.refuses) continue;
      for (const std::string& folder : folders) {
        if (fs::exists(fs::path(folder) / route.file, ignored)) declared.insert(route.label);
      }
    }
    for (const auto& [route, counters] : host.route_counters()) {
      if (counters.count > counters.client_errors + counters.server_errors) answered.insert(route);
    }
  }
};

// The store every test file starts from: made once, copied per file.
Result<void> make_template(const std::string& url, const base::Config& base, MakeServices make_services,
                           script::TestWorld& world) {
  base::Config config = base;
  config.store.url = url;
  config.store.schema = schema_folder(base);
  world.password = "test-admin-password";
  auto key = [](const char* tenant, const char* read_only) {
    return CommandCall{"key create", fmt::format(R"({{"tenant":"{}","read_only":{},"label":"test"}})", tenant, read_only)};
  };
  TRY(auto said, run_commands(config, make_services,
                              {{"tenant create", R"({"code":"DEMO","name":"Demo tenant"})"},
                               {"tenant create", R"({"code":"OTHER","name":"Other tenant"})"},
                               {"user create", R"({"name":"admin","admin":true,"password":")" + world.password + "\"}"},
                               key("DEMO", "false"), key("DEMO", "true"), key("OTHER", "false"),
                               key("", "false"), key("", "true")}));
  std::string* keys[] = {&world.key, &world.read_key, &world.other_key, &world.global_key, &world.global_read_key};
  for (std::size_t i = 0; i < std::size(keys); ++i) {
    *keys[i] = said[i + 3];
    keys[i]->pop_back();  // the line's end
  }
  return {};
}

// The stores of a run: the one every test file starts from, and the one it has. On a server they
// are two databases of this process.
struct Stores {
  Stores(const std::string& beside, const std::string& folder) : on_server(!beside.empty()) {
    std::string base = on_server ? store::beside(beside, "_" + std::to_string(::getpid())) : "sqlite://" + folder + "/";
    pattern = store::beside(base, on_server ? "_template" : "template.db");
    used = store::beside(base, on_server ? "_test" : "test.db");
  }
  ~Stores() {
    if (!on_server) return;
    for (const std::string& url : {pattern, used}) {
      if (auto dropped = store::drop(url); !dropped) std::printf("a test database stays: %s\n", dropped.error().message.c_str());
    }
  }
  Result<void> prepare(const base::Config& config, MakeServices make_services, script::TestWorld& world) {
    TRY_VOID(make_template(pattern, config, make_services, world));
    if (!on_server) return {};
    return make_used(config);
  }
  // A file whose scripts have a schema of their own leaves other tables behind.
  Result<void> restore(const base::Config& config) const {
    auto restored = store::restore(pattern, used);
    if (restored || !on_server || restored.error().code != base::Code::conflict) return restored;
    TRY_VOID(store::drop(used));
    TRY_VOID(make_used(config));
    return store::restore(pattern, used);
  }

  const bool on_server;
  std::string pattern, used;

 private:
  Result<void> make_used(const base::Config& config) const {
    TRY(auto applied, store::migrate(used, schema_folder(config), own_schemas(config)));
    return {};
  }
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return base::not_found("cannot be read: " + path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// What tests share: `support.NAME` is NAME.lua in the nearest folder `support` upward.
Result<void> add_support(script::ScriptSet& set, const std::string& file) {
  std::error_code ignored;
  for (fs::path folder = fs::path(file).parent_path(); folder != folder.parent_path(); folder = folder.parent_path()) {
    if (!fs::is_directory(folder / "support", ignored)) continue;
    for (const auto& entry : fs::directory_iterator(folder / "support", ignored)) {
      if (entry.path().extension() != ".lua") continue;
      TRY(std::string text, read_file(entry.path().string()));
      std::string name = "support/" + entry.path().filename().string();
      set.scripts.emplace(name, script::Script{entry.path().string(), std::move(text)});
    }
  }
  return {};
}

// The scripts folder that an integrator's test lies in: above folders that stock has, and above families.
fs::path scripts_root(const fs::path& folder, const std::vector<std::string>& stock) {
  std::error_code ignored;
  fs::path root = folder, below;
  for (fs::path at = folder; at != at.parent_path(); at = at.parent_path()) {
    below = below.empty() ? at.filename() : at.filename() / below;
    bool known = fs::is_regular_file(at / "surface.lua", ignored);
    for (const std::string& path : stock) known = known || fs::is_directory(fs::path(path) / below, ignored);
    if (known) root = at.parent_path();
  }
  return root;
}

// The libraries of the scripts under test, and the test file itself as a set of jobs. The
// prefix stands on the file's first line, so that its line numbers stay true.
Result<std::shared_ptr<const script::ScriptSet>> test_scripts(const base::Config& config,
                                                              const std::string& file) {
  TRY(auto all, script::read_scripts(config.scripts.paths));
  auto set = std::make_shared<script::ScriptSet>();
  for (const auto& [path, script] : all->scripts) {
    if (script::layers::role_of(path) == script::layers::Role::library) set->scripts[path] = script;
  }
  TRY_VOID(add_support(*set, file));
  set->open = true;
  TRY(std::string text, read_file(file));
  set->scripts["jobs/under_test.lua"] = {file, "local test = require(\"testing.harness\"); " + text};
  return std::shared_ptr<const script::ScriptSet>(std::move(set));
}

// The host's documents, by the folders of scripts that it has.
using Documents = std::map<std::vector<std::string>, std::map<std::string, std::string>>;

class FileRun {
 public:
  FileRun(const base::Config& base, const TestOptions& options, const std::string& version,
          MakeServices make_services, OpenTestModules open_test_modules,
          const std::string& file, const Stores& stores, script::TestWorld world,
          Coverage& coverage, Documents& documents)
      : options_(options), version_(version), make_services_(make_services),
        open_test_modules_(open_test_modules), file_(file),
        config_(base), world_(std::move(world)), stores_(stores), coverage_(coverage),
        documents_(documents) {}

  Result<Tally> run() {
    TRY_VOID(prepare());
    MakeServices probed = [this](const Shared& shared, loop::Loop& loop, loop::Deadlines& deadlines) {
      return make_services_(Shared{probe_.around(shared.database), shared.hub, shared.config, shared.texts,
                                   shared.passwords, shared.shares, shared.guard, shared.settings, shared.helpers, web_, helpers_,
                                   shared.console, shared.backing_up}, loop, deadlines);
    };
    Host host(loop_, config_, version_, std::move(probed));
    TRY_VOID(host.start());
    world_.url = "http://" + host.addresses().front();
    world_.settings = [&host](std::string json, std::function<void(std::string)> done) {
      host.set_settings(std::move(json));
      host.reload([done = std::move(done)](std::string outcome) { done(std::move(outcome)); });
    };
    for (int turn = 0; turn < 5000 && !host.nodes_synced(); ++turn) {
      loop_.poll();
      ::usleep(1000);
    }
    if (!host.nodes_synced()) return base::internal("the scripted Asterisk was not reached");
    TRY(auto database, store::open(config_.store.url));
    Shared shared{*database, host.hub(), config_};
    shared.test_helpers = helpers_;
    loop::Deadlines deadlines(loop_);
    auto services = make_services_(shared, loop_, deadlines);
    script::Watchdog watchdog;
    script::Setup setup;
    setup.loop = &loop_;
    setup.deadlines = &deadlines;
    setup.watchdog = &watchdog;
    setup.limits.job_ms = 120'000;
    setup.limits.run_ms = 20'000;
    setup.limits.hold_ms = 20'000;
    setup.open_modules = [this, &services](lua_State* L) {
      open_test_modules_(L, world_, *services);
    };
    TRY(auto scripts, test_scripts(config_, file_));
    TRY(auto generation, script::Generation::build(*scripts, 1, std::move(setup)));
    for (const script::JobInfo& job : generation->jobs()) {
      if (!options_.match.empty() && (file_ + ": " + job.name).find(options_.match) == std::string::npos) continue;
      run_one(host, *generation, job.name);
    }
    coverage_.add(host.supervisor());
    return tally_;
  }

 private:
  Result<void> prepare() {
    std::error_code problem;
    for (const char* root : {"recordings", "voicemail", "media", "fax", "tmp"}) {
      fs::create_directories(fs::path(scratch_.path()) / root, problem);
    }
    TRY_VOID(stores_.restore(config_));
    TRY(auto direct, store::open_for_cli(stores_.used));
    TRY(world_.tables, direct->tables());
    TRY(fake_, ami::Fake::open(loop_));
    world_.fake = fake_.get();
    world_.logged = logged;
    world_.store = &probe_;
    world_.web = web_.get();
    world_.helpers = helpers_.get();
    world_.folder = scratch_.path();
    config_.store.url = stores_.used;
    config_.store.schema = schema_folder(config_);
    config_.http.listen = {"127.0.0.1:0"};
    config_.http.lanes = options_.lanes;
    config_.http.drain_seconds = 1;
    config_.http.tls_certificate.clear();
    config_.scripts.watch = false;
    // An integrator's example is tested as it will be installed: as one more folder.
    fs::path folder = fs::path(file_).parent_path();
    if (file_.find("tests/") == std::string::npos) {
      folder = scripts_root(folder, config_.scripts.paths);
      config_.scripts.paths.push_back(folder.string());
    }
    // What a test of the host itself needs answered: the folder `scripts` beside it.
    if (fs::is_directory(folder / "scripts", problem)) config_.scripts.paths.push_back((folder / "scripts").string());
    world_.documents = &documents_[config_.scripts.paths];
    config_.files.recordings = scratch_.path() + "/recordings";
    config_.files.voicemail = scratch_.path() + "/voicemail";
    config_.files.media = scratch_.path() + "/media";
    config_.files.fax = scratch_.path() + "/fax";
    config_.files.temporary = scratch_.path() + "/tmp";
    config_.cdr.source = scratch_.path() + "/asterisk_cdr.db";
    config_.admin.socket = scratch_.path() + "/admin.sock";
    config_.outgoing.allow_private = true;
    config_.log.access = false;
    config_.store.slow_ms = 0;  // that is about the machine
    config_.pbx.clear();
    base::PbxNode node;
    node.node = "srv01";
    node.port = fake_->port();
    node.secret = "fake";
    node.login_seconds = 120;
    config_.pbx.push_back(node);
    return {};
  }

  // A request that goes on after its test's end would be seen by the next one.
  bool idle(Host& host, const script::Generation& generation) {
    for (int turn = 0; turn < 5000; ++turn) {
      if (generation.tasks() == 0 && host.supervisor().tasks() == 0) return true;
      loop_.poll();
      ::usleep(1000);
    }
    return false;
  }

  void run_one(Host& host, script::Generation& generation, const std::string& name) {
    std::optional<Result<void>> outcome;
    auto pending = generation.run_job(name, nullptr, [&](Result<void> result) { outcome = std::move(result); });
    while (!outcome) {
      loop_.poll();
      if (!outcome) ::usleep(200);
    }
    std::string problem;
    if (!*outcome) problem = outcome->error().message.substr(0, outcome->error().message.find("\nstack traceback"));
    if (!idle(host, generation)) add_line(problem, "a request or a job still runs");
    for (const std::string& line : fake_->problems()) add_line(problem, line);
    fake_->forget();
    tally_.add(file_ + ": " + name, with_log(std::move(problem)));
  }

  const TestOptions& options_;
  const std::string& version_;
  MakeServices make_services_;
  OpenTestModules open_test_modules_;
  std::string file_;
  base::Config config_;
  script::TestWorld world_;
  const Stores& stores_;
  Coverage& coverage_;
  Documents& documents_;
  Scratch scratch_;
  loop::Loop loop_;
  std::unique_ptr<ami::Fake> fake_;
  Probe probe_;
  std::shared_ptr<FakeWeb> web_ = std::make_shared<FakeWeb>();
  std::shared_ptr<FakeHelpers> helpers_ = std::make_shared<FakeHelpers>();
  Tally tally_;
};

bool is_test(const fs::path& path) {
  std::string name = path.filename().string();
  return name.size() > 9 && name.compare(name.size() - 9, 9, "_test.lua") == 0;
}

// Prints the actions that no test of a whole run got an answer from; true when there is none.
bool all_covered(const Coverage& coverage) {
  std::string missing;
  for (const std::string& label : coverage.declared) {
    if (coverage.answered.count(label) == 0) missing += "\n" + label;
  }
  if (!missing.empty()) std::printf("FAILED no test got an answer from these actions:%s\n", missing.c_str());
  return missing.empty();
}

std::vector<std::string> find_tests(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::error_code ignored;
  for (const std::string& path : paths) {
    if (fs::is_regular_file(path, ignored)) {
      files.push_back(fs::absolute(path).string());
      continue;
    }
    for (auto entry = fs::recursive_directory_iterator(path, ignored); entry != fs::recursive_directory_iterator(); entry.increment(ignored)) {
      if (entry->is_regular_file(ignored) && is_test(entry->path())) {
        files.push_back(fs::absolute(entry->path()).lexically_normal().string());
      }
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

// Tests run on what they give themselves: of the machine's configuration only where scripts are counts.
static base::Config apart(const base::Config& machine) {
  base::Config config;
  config.scripts = machine.scripts;
  config.store.schema = machine.store.schema;
  config.files.pages = machine.files.pages;
  return config;
}

bool run_tests(const base::Config& machine, const TestOptions& options, const std::string& version,
               MakeServices make_services, OpenTestModules open_test_modules) {
  const base::Config config = apart(machine);
  base::log::Settings quiet;
  quiet.level = std::getenv("PATCHBAY_TEST_LOG") ? base::log::Level::debug : base::log::Level::none;
  quiet.keep_warnings = true;
  base::log::configure(quiet);
  std::vector<std::string> files = find_tests(options.paths.empty() ? config.scripts.paths : options.paths);
  Scratch scratch;
  Stores stores(options.store, scratch.path());
  script::TestWorld world;
  if (auto made = stores.prepare(config, make_services, world); !made) {
    std::printf("FAILED the test store: %s\n", made.error().message.c_str());
    return false;
  }
  Coverage coverage;
  if (options.match.empty()) coverage.folders = options.cover;
  if (options.match.empty() && options.cover.empty() && options.paths.empty()) {
    for (const std::string& folder : config.scripts.paths) {
      if (!find_tests({folder}).empty()) coverage.folders.push_back(folder);
    }
  }
  Documents documents;
  Tally all;
  for (const std::string& file : files) {
    auto tally = FileRun(config, options, version, make_services, open_test_modules, file, stores,
                         world, coverage, documents).run();
    std::string problem = tally ? "" : tally.error().message;
    if (tally) {
      all.passed += tally->passed;
      all.failed += tally->failed;
    }
    // The host is gone and has said of what it left open.
    problem = with_log(std::move(problem));
    if (!problem.empty()) all.add(file, problem);
  }
  std::printf("%d passed, %d failed\n", all.passed, all.failed);
  if (all.passed + all.failed == 0 && options.match.empty()) {
    std::printf("no tests were found\n");
    return false;
  }
  bool covered = all_covered(coverage);
  return all.failed == 0 && covered;
}

}  // namespace host::app
