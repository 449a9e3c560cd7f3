// The main thread's work while the host serves: signals, watching the script folders,
// checking and publishing generations, jobs, the admin socket, and the host's own pages.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/admin.h"
#include "app/jobs.h"
#include "app/lane.h"
#include "app/leadership.h"
#include "app/reload.h"
#include "base/config.h"
#include "http/client.h"
#include "loop/loop.h"
#include "loop/signal.h"
#include "loop/timer.h"
#include "loop/worker.h"

namespace host::app {

class Settings;

// What the supervisor shows of the services it does not own; each returns JSON text or
// adds samples. Thread-safe.
struct Outside {
  base::Function<std::string()> nodes_json;               // [{"node":...,"state":...}]
  base::Function<base::Result<void>()> store_check;       // a cheap read
  base::Function<base::Result<void>()> nodes_check;       // whether any of them is up
  base::Function<void(MetricsText&)> metrics;             // store and nodes
  std::function<base::Result<base::Config>()> reread;  // empty: the configuration stays
  std::shared_ptr<Settings> settings;
  std::string shared_store;  // its URL, where other hosts may use it too
  // Batches of the AMI events of those names, in order, on the supervisor's loop; and how many before
  // a batch got lost.
  using OnEvents = base::Function<void(std::vector<script::JobEvent> events, std::uint64_t lost)>;
  base::Function<loop::Pending(loop::Loop&, std::vector<std::string>, OnEvents)> subscribe;
};

class Supervisor {
 public:
  Supervisor(loop::Loop& loop, const base::Config& config, std::string version, Outside outside);
  ~Supervisor();

  // Reads and checks the scripts for the first time.
  base::Result<std::shared_ptr<const script::ScriptSet>> first_scripts();

  // Takes the lanes that main made, starts them, opens the admin socket.
  base::Result<void> start(std::vector<std::unique_ptr<Lane>> lanes,
                           std::shared_ptr<const script::ScriptSet> scripts);

  // /healthz, /readyz and /metrics; called on lane threads.
  std::optional<http::Response> own_page(const http::Request& request);

  // Loads what is in the folders now, and with `configuration` what of that can change while it runs: [settings],
  // certificates, the log's level. `done` gets the outcome as JSON.
  void reload(base::Function<void(std::string)> done, bool configuration = false);

  // Ends everything in order; the loop stops afterwards. With http.leave_seconds it only tells balancers first
  // (/readyz), and serves so long; asked again it does not wait for that, asked once more for nobody.
  void shut_down();
  // After the loop has stopped: no script runs from here on, the services may go.
  void clear();

  const std::vector<std::string>& addresses() const noexcept { return addresses_; }
  const std::vector<script::RouteInfo>& routes() const noexcept { return catalog_.routes; }
  std::map<std::string, RouteCounters, std::less<>> route_counters() const;
  // Requests and jobs that run now, on all lanes and generations; waits for each lane.
  std::size_t tasks() const;

 private:
  struct Publication;

  bool crowded() const;
  void load();
  bool look_again(const script::ScriptSet& scripts);
  void build(Publication& publication);
  base::Result<void> reread(Publication& publication);
  std::string apply(Publication& publication);
  void command(const std::string& line, AdminServer::Reply reply);
  void publish();
  void failed(const base::Error& error);
  void schedule_jobs();
  std::string status_json();
  std::string routes_json();
  std::string metrics_text();
  http::Response readiness(bool with_reasons);

  loop::Loop& loop_;
  const base::Config& config_;
  http::Networks status_from_;
  std::string version_;
  Outside outside_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Lane::Catalog catalog_;  // of the generation that serves
  std::unique_ptr<AdminServer> admin_;
  std::unique_ptr<Watch> watch_;
  std::vector<std::unique_ptr<loop::Signal>> signals_;
  Jobs jobs_;
  std::unique_ptr<Leadership> leadership_;  // null: the store is ours alone
  std::set<std::string> job_event_names_;
  std::vector<loop::Pending> job_events_;
  std::atomic<bool> leaving_ = false;  // /readyz says so
  std::atomic<bool> ending_ = false;
  std::unique_ptr<loop::Timer> leave_;
  std::vector<base::Function<void(std::string)>> later_reloads_;  // asked for during another
  bool later_configuration_ = false;  // one of them reads it
  base::Config in_force_;             // config_, and what was reread since
  std::unique_ptr<Publication> publication_;  // the reload on its way; the builder fills it
  std::unique_ptr<loop::Timer> crowded_;      // looks whether it may begin
  std::unique_ptr<loop::Timer> doubtful_;     // reads once more what looked half written
  std::unique_ptr<loop::Worker> builder_;     // its thread builds the generations

  mutable std::mutex mutex_;  // everything below: lanes read it for /healthz
  std::shared_ptr<const script::ScriptSet> scripts_ = std::make_shared<script::ScriptSet>();  // that serve
  std::uint64_t generation_ = 0;
  std::uint64_t reloads_ = 0;
  std::uint64_t failed_reloads_ = 0;
  double started_ = 0;
  double loaded_ = 0;
  std::string last_error_;  // of the newest try; empty: it loaded
  double last_error_at_ = 0;
  std::vector<std::string> addresses_;
};

}  // namespace host::app
