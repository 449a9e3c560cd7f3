// Generation: every script of one snapshot, loaded and checked in one Lua state of one
// lane. It never changes after build(); a reload makes another one beside it. Destroy it
// on its lane's thread, outside its own calls: when_idle() tells when.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "http/request.h"
#include "http/server.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "loop/timer.h"
#include "script/source.h"
#include "script/watchdog.h"

struct lua_State;

namespace host::script {

struct Limits {
  std::size_t memory_bytes = 64u << 20;  // of one Lua state
  std::uint64_t request_ms = 30'000;     // a request is answered 504 after this
  std::uint64_t job_ms = 300'000;
  std::uint64_t run_ms = 2'000;    // Lua code between two waits, in processor time
  std::uint64_t slice_ms = 10;     // after this long other tasks of the lane get a turn
  std::uint64_t hold_ms = 500;     // code that cannot give it (a callback of table.sort)
  std::uint64_t load_ms = 5'000;   // one script while it loads
  std::uint64_t slow_ms = 50;      // logged when a run takes longer
  std::uint64_t slow_statement_ms = 0;  // logged when a statement takes longer; 0: never
  std::size_t tasks = 10'000;      // requests at a time; above it 503
};

// How many requests and jobs were ended for a bound, over all lanes.
struct Stops {
  std::atomic<std::uint64_t> budget{0};
  std::atomic<std::uint64_t> hold{0};
  std::atomic<std::uint64_t> memory{0};
  std::atomic<std::uint64_t> deadline{0};
};

// What host.info() tells scripts.
struct About {
  std::string version;
  double started = 0;  // seconds since 1970
  std::vector<std::string> listen;
};

struct Setup {
  loop::Loop* loop = nullptr;
  loop::Deadlines* deadlines = nullptr;
  Watchdog* watchdog = nullptr;  // null: nothing stops a runaway (unit tests)
  std::shared_ptr<Stops> stops = std::make_shared<Stops>();
  int lane = 0;
  Limits limits;
  About about;
  base::Function<void(lua_State*)> open_modules;  // may raise Lua errors
};

// One action of one route, for `patchbay routes` and the metrics.
struct RouteInfo {
  std::string surface;
  std::string title;    // of the surface, for people
  std::string file;     // "openapi/extension.lua"
  std::string label;    // "openapi/extension.get"
  std::string action;
  std::string method;   // with a verb: "GET"
  std::string path;     // with a verb: mount and path; else "reqtype=DND", "object=extension"
  std::string access;
  std::string summary;
  std::string from;     // where the file is, absolute
  bool refuses = false;  // documented, and never answered other than with an error
};

struct JobInfo {
  std::string name;
  std::string file;             // "jobs/states.lua"
  double every = 0;             // seconds; 0: not by time
  std::vector<std::string> on;  // AMI events
  bool everywhere = false;      // of several hosts at one store on each; otherwise on one
};

// An AMI event as a job sees it: its headers, and `node` and `tenant` where they are known.
struct JobEvent {
  std::string name;
  std::vector<std::pair<std::string, std::string>> fields;
};

struct JobEvents {
  std::vector<JobEvent> events;
  std::uint64_t lost = 0;  // before them, that the job cannot be given
  std::int64_t term = 0;   // of the lease it runs under; 0: it needs none
};

struct Problem {
  std::string script;   // whose fault it is, by its path below the folder; "" is nobody's
  std::string message;  // "file:line: message"
};

class Generation {
 public:
  // Fails with the message of the first script that is wrong; `problems` (optional) gets all of them.
  static base::Result<std::unique_ptr<Generation>> build(const ScriptSet& scripts,
                                                         std::uint64_t number, Setup setup,
                                                         std::vector<Problem>* problems = nullptr);
  ~Generation();  // tasks that are left are answered 503
  Generation(const Generation&) = delete;
  Generation& operator=(const Generation&) = delete;

  // Answers during the call when the script did not have to wait.
  loop::Pending handle(http::Request&& request, http::Respond&& respond);

  // The same for a request that the transport refuses: its surface says how that looks.
  loop::Pending refuse(http::Request request, http::Respond respond);

  // Runs a job. An outcome that is an error may have a traceback behind its first line; nothing was
  // logged of it. Dropping the Pending ends it.
  using Done = base::Function<void(base::Result<void>)>;
  loop::Pending run_job(std::string_view name, std::shared_ptr<const JobEvents> events, Done done);

  // `idle` runs once on a later turn when no task is left (perhaps on the next one).
  void when_idle(base::Function<void()> idle);

  std::uint64_t number() const noexcept;
  std::size_t tasks() const noexcept;
  std::size_t memory() const noexcept;  // bytes of the Lua state
  const std::vector<RouteInfo>& routes() const noexcept;
  const std::vector<JobInfo>& jobs() const noexcept;

  struct State;

 private:
  explicit Generation(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace host::script
