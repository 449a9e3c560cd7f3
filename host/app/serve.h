// The whole host: makes every service in order and ends them in reverse order. `patchbay
// serve` runs one until a signal; `patchbay test` runs throw-away ones.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "app/helpers.h"
#include "app/lane.h"
#include "base/config.h"
#include "base/result.h"
#include "http/ledger.h"
#include "script/passwords.h"
#include "script/shared_texts.h"
#include "script/watchdog.h"
#include "store/store.h"

namespace host::ami {
class Hub;
}
namespace host::http {
class Web;
}
namespace host::store {
class Database;
class Direct;
class Guard;
class Reader;
class Shares;
}

namespace host::app {

struct Outside;

std::shared_ptr<store::Shares> make_shares(const base::Config& config);
std::shared_ptr<store::Guard> make_guard(const base::Config& config);

// [settings] as JSON: read by every generation that is built.
class Settings {
 public:
  explicit Settings(std::string json) : json_(std::move(json)) {}
  std::string json() const {
    std::lock_guard lock(mutex_);
    return json_;
  }
  // Returns what they were.
  std::string set(std::string json) {
    std::lock_guard lock(mutex_);
    return std::exchange(json_, std::move(json));
  }

 private:
  mutable std::mutex mutex_;
  std::string json_;
};

// The process-wide services; lanes make their own around them.
struct Shared {
  store::Database& database;
  ami::Hub& hub;
  const base::Config& config;
  std::shared_ptr<script::SharedTexts> texts = std::make_shared<script::SharedTexts>(config.scripts.shared_mb << 20);
  std::shared_ptr<script::Passwords> passwords = std::make_shared<script::Passwords>(config.scripts.passwords);
  std::shared_ptr<store::Shares> shares = make_shares(config);
  std::shared_ptr<store::Guard> guard = make_guard(config);
  std::shared_ptr<Settings> settings = std::make_shared<Settings>(config.settings_json);
  std::shared_ptr<script::MachineHelpers> helpers = make_helpers(config);
  std::shared_ptr<http::Web> web = nullptr;  // a test's, in place of the real one
  std::shared_ptr<script::Helpers> test_helpers = nullptr;  // likewise
  std::string* console = nullptr;  // of a command; null: there is none
  std::shared_ptr<std::atomic<bool>> backing_up = std::make_shared<std::atomic<bool>>(false);
};

// Reads the configuration anew, as at the start.
using Reread = std::function<base::Result<base::Config>()>;

// Given by main, because it alone knows the bindings.
using MakeServices = std::function<std::unique_ptr<LaneServices>(
    const Shared& shared, loop::Loop& loop, loop::Deadlines& deadlines)>;
using OpenModules = void (*)(lua_State* L);  // without services: for checking scripts

class Supervisor;

class Host {
 public:
  // `loop` is the supervisor's; it and `config` must outlive the host.
  Host(loop::Loop& loop, const base::Config& config, std::string version,
       MakeServices make_services, Reread reread = nullptr);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // Returns when every lane listens; the error says why it cannot serve.
  base::Result<void> start();
  // The real listen addresses, "127.0.0.1:8080".
  const std::vector<std::string>& addresses() const noexcept;
  // True once every configured node has been listed after its login.
  bool nodes_synced() const;
  // For a test that looks at the same nodes; gone with the host.
  ami::Hub& hub() noexcept { return *hub_; }
  void reload(base::Function<void(std::string)> done);
  // Other [settings], from the next generation on.
  void set_settings(std::string json) { shared_->settings->set(std::move(json)); }
  // For a test run: what it looks at beside the answers.
  const Supervisor& supervisor() const noexcept { return *supervisor_; }

 private:
  Outside outside();
  void look_after();
  std::vector<std::unique_ptr<Lane>> make_lanes(const std::vector<loop::Address>& addresses);

  loop::Loop& loop_;
  const base::Config& config_;
  std::string version_;
  MakeServices make_services_;
  Reread reread_;
  script::Watchdog watchdog_;
  std::shared_ptr<http::Ledger> ledger_;
  std::shared_ptr<script::Stops> stops_ = std::make_shared<script::Stops>();
  std::vector<int> unix_sockets_;
  std::vector<std::string> unix_paths_;  // theirs
  std::shared_ptr<const http::Proxies> proxies_;
  std::unique_ptr<store::Database> database_;
  std::atomic<bool> store_down_{false};
  std::unique_ptr<store::Reader> reader_;
  loop::Pending reading_;
  std::unique_ptr<loop::Timer> store_timer_;
  std::unique_ptr<loop::Timer> guard_timer_;
  std::unique_ptr<ami::Hub> hub_;
  std::unique_ptr<Shared> shared_;
  std::unique_ptr<Supervisor> supervisor_;
};

// Runs a Host until a signal ends it.
base::Result<void> serve(const base::Config& config, const std::string& version,
                         MakeServices make_services, Reread reread);

// Where schema/*.sql is: configured, or beside the first scripts folder that has one.
std::string schema_folder(const base::Config& config);

// Threads of the store, as configured.
store::Settings store_settings(const base::Config& config);

// The folders `schema` inside scripts folders: tables of integrators' own objects.
std::vector<std::string> own_schemas(const base::Config& config);
// Files of the schema that were applied to the store and that `folder` does not know: those of a newer version.
base::Result<std::vector<std::string>> newer_schema(store::Direct& store, const std::string& folder);

// Loads every script in a throw-away state; returns how many actions there are. Each
// problem is `file:line: message`.
base::Result<std::size_t> check_scripts(const base::Config& config, OpenModules open_modules,
                                        std::vector<script::Problem>& problems);

}  // namespace host::app
