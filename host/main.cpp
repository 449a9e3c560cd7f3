// Composition root: the one place that knows the bindings.
#include "ami/hub.h"
#include "app/backup.h"
#include "app/serve.h"
#include "base/config.h"
#include "base/machine.h"
#include "bind/bind.h"
#include "bind/cache.h"
#include "bind/testing.h"
#include "cli/command_line.h"
#include "cli/run.h"
#include "http/client.h"
#include "loop/worker.h"
#include "script/helpers.h"
#include "store/store.h"

using namespace host;

namespace {

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
        client_(loop, client_settings(shared)),
        backups_(app::backup_place(shared.config, PATCHBAY_VERSION), shared.backing_up) {
    services_.loop = &loop;
    services_.deadlines = &deadlines;
    services_.worker = &worker_;
    services_.reader = reader_.get();
    services_.writer = writer_.get();
    services_.backups = &backups_;
    services_.hub = &shared.hub;
    services_.http = &client_;
    services_.cache = &process_cache();
    services_.texts = shared.texts.get();
    services_.helpers = shared.test_helpers ? shared.test_helpers : shared.helpers;
    services_.passwords = shared.passwords;
    services_.shares = shared.shares.get();
    services_.guard = shared.guard.get();
    services_.recordings = shared.config.files.recordings;
    services_.voicemail = shared.config.files.voicemail;
    services_.media = shared.config.files.media;
    services_.fax = shared.config.files.fax;
    services_.pages = shared.config.files.pages;
    services_.call_records = shared.config.cdr.source;
    services_.call_records_name = name_of_call_records(shared.config);
    settings_ = shared.settings;
    services_.console = shared.console;
  }

  void open_modules(lua_State* L) override {
    services_.settings_json = settings_->json();
    bind::set_services(L, &services_);
    bind::open_all(L);
  }

 private:
  static std::string name_of_call_records(const base::Config& config) {
    auto several = store::shared(config.store.url);
    if (!several || !*several) return "calls";
    return (base::machine::name() + ":" + config.cdr.source).substr(0, 190);
  }
  static http::ClientSettings client_settings(const app::Shared& shared) {
    http::ClientSettings settings;
    if (shared.config.outgoing.allow_private) settings.allowed_networks = {"*"};
    settings.web = shared.web;
    return settings;
  }

  loop::Worker worker_;
  std::unique_ptr<store::Reader> reader_;
  std::unique_ptr<store::Writer> writer_;
  http::Client client_;
  store::Backups backups_;
  std::shared_ptr<app::Settings> settings_;
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

}  // namespace

int main(int argc, char** argv) {
  cli::Program program{PATCHBAY_VERSION, make_services, open_modules_unserved, open_test_modules, bind::api_names};
  auto asked = cli::parse(argc, argv, program.version);
  if (const int* status = std::get_if<int>(&asked)) return *status;
  return cli::run(program, std::get<cli::Command>(asked));
}
