// The whole host: makes every service in order and ends them in reverse order. `patchbay
// serve` runs one until a signal; `patchbay test` runs throw-away ones.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "app/lane.h"
#include "base/config.h"
#include "base/result.h"
#include "http/ledger.h"
#include "script/shared_texts.h"
#include "script/watchdog.h"

namespace host::ami {
class Hub;
}
namespace host::store {
class Database;
class Guard;
class Reader;
class Shares;
}

namespace host::app {

struct Outside;

std::shared_ptr<store::Shares> make_shares(const base::Config& config);
std::shared_ptr<store::Guard> make_guard(const base::Config& config);

// The process-wide services; lanes make their own around them.
struct Shared {
  store::Database& database;
  ami::Hub& hub;
  const base::Config& config;
  std::shared_ptr<script::SharedTexts> texts = std::make_shared<script::SharedTexts>();
  std::shared_ptr<store::Shares> shares = make_shares(config);
  std::shared_ptr<store::Guard> guard = make_guard(config);
};

// Given by main, because it alone knows the bindings.
using MakeServices = std::function<std::unique_ptr<LaneServices>(
    const Shared& shared, loop::Loop& loop, loop::Deadlines& deadlines)>;
using OpenModules = void (*)(lua_State* L);  // without services: for checking scripts

class Supervisor;

class Host {
 public:
  // `loop` is the supervisor's; it and `config` must outlive the host.
  Host(loop::Loop& loop, const base::Config& config, std::string version,
       MakeServices make_services);
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
  script::Watchdog watchdog_;
  std::shared_ptr<http::Ledger> ledger_;
  std::shared_ptr<script::Stops> stops_ = std::make_shared<script::Stops>();
  std::vector<int> unix_sockets_;
  std::vector<std::string> unix_paths_;  // theirs
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
                         MakeServices make_services);

// Where schema/*.sql is: configured, or beside the first scripts folder that has one.
std::string schema_folder(const base::Config& config);

// The folders `schema` inside scripts folders: tables of integrators' own objects.
std::vector<std::string> own_schemas(const base::Config& config);

// Loads every script in a throw-away state; returns how many actions there are. Each
// problem is `file:line: message`.
base::Result<std::size_t> check_scripts(const base::Config& config, OpenModules open_modules,
                                        std::vector<std::string>& problems);

}  // namespace host::app
