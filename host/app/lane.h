// Lane: a thread with its own loop, listening sockets, Lua state and read connection. A
// request lives and dies on the lane that accepted it. Made, started and stopped by the
// supervisor; everything public here may be called from the supervisor's thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/metrics.h"
#include "base/function.h"
#include "base/result.h"
#include "http/server.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "script/generation.h"
#include "script/source.h"

struct lua_State;

namespace host::app {

// What main gives a lane besides the scripts: the services of its Lua modules. Made and
// destroyed on the lane's thread.
class LaneServices {
 public:
  virtual ~LaneServices() = default;
  virtual void open_modules(lua_State* L) = 0;
};

struct LaneSettings {
  int index = 0;
  bool share_port = false;
  bool access_log = true;
  std::vector<loop::Address> listen;
  std::vector<int> unix_descriptors;
  http::Limits limits;
  std::shared_ptr<http::Ledger> ledger;  // all lanes' own
  http::TlsFiles tls;  // empty certificate: plain HTTP
  script::Limits script_limits;
  script::Watchdog* watchdog = nullptr;
  std::shared_ptr<script::Stops> stops;  // all lanes' own
  script::About about;
  base::Function<std::unique_ptr<LaneServices>(loop::Loop&, loop::Deadlines&)> make_services;
  // Answers the host's own pages (/healthz, /metrics); nullopt: not one of them.
  base::Function<std::optional<http::Response>(const http::Request&)> own_page;
};

class Lane {
 public:
  explicit Lane(LaneSettings settings);
  ~Lane();  // stops and joins
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  // Ends every task, job and connection and waits for it; the loop lives on, so that a
  // service may still post to it until it is gone itself. Only destruction may follow.
  void clear();

  // What the scripts of a generation offer.
  struct Catalog {
    std::vector<script::RouteInfo> routes;
    std::vector<script::JobInfo> jobs;
    std::shared_ptr<const script::ScriptSet> scripts;
  };
  // Starts the thread, builds the first generation of what loads, and listens; waits for the outcome.
  base::Result<Catalog> start(std::shared_ptr<const script::ScriptSet> scripts, std::uint64_t number);
  // The real ports, in the order of settings.listen; 0 for a unix socket.
  const std::vector<std::uint16_t>& ports() const noexcept { return ports_; }

  // Makes a generation for this lane beside the one that serves, on the thread that calls:
  // the lane does not notice. Between start() and clear() only.
  base::Result<std::unique_ptr<script::Generation>> build(const script::ScriptSet& scripts, std::uint64_t number,
                                                          std::vector<script::Problem>* problems = nullptr);
  // Serves it from the next request on; the old one finishes its tasks.
  void publish(std::unique_ptr<script::Generation> generation);

  // Serves new connections with other certificates; one that cannot be used is logged and changes nothing.
  void renew(http::TlsFiles files);

  // Serves on, and keeps no connection open after its answer.
  void leave();

  // Stops accepting and finishes what is in flight; `done` runs on `reply_loop`.
  void drain(std::uint64_t limit_ms, loop::Loop& reply_loop, base::Function<void()> done);

  // Runs a job of the current generation (on this lane); `done` runs on `reply_loop`, or never when
  // the lane is cleared before.
  void run_job(std::string name, std::shared_ptr<const script::JobEvents> events, loop::Loop& reply_loop,
               base::Function<void(base::Result<void>)> done);

  struct Status {
    std::uint64_t generation = 0;
    std::size_t connections = 0;
    std::size_t tasks = 0;
    std::size_t draining = 0;  // old generations with tasks left
    std::uint64_t lua_bytes = 0;
    std::uint64_t requests = 0;
  };
  Status status() const;  // as of the last heartbeat
  Status status_now();    // asks the lane and waits for it
  const Metrics& metrics() const noexcept { return metrics_; }

 private:
  struct Thread;  // lives on the lane's thread

  void note();

  LaneSettings settings_;
  Metrics metrics_;
  loop::Loop loop_;
  std::thread thread_;
  std::unique_ptr<Thread> inside_;  // touched on the lane's thread only
  std::vector<std::uint16_t> ports_;
  mutable std::mutex mutex_;  // status_
  Status status_;
};

}  // namespace host::app
