// Jobs: when each job of the serving generation runs, which events it is given, and how it fared. A
// job never runs twice at once; its events wait in order meanwhile and over a reload, up to a bound: what
// does not fit is counted and told to it. One that fails is tried again later and later. Of several hosts at one store one
// runs it, the one that lead() names; the others keep the events of the last seconds, in case they are next. Lives on the
// supervisor's loop; json() and metrics() may be called from any thread.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/metrics.h"
#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "script/generation.h"

namespace host::app {

struct JobLimits {
  std::size_t events = 4096;            // that wait for one job,
  std::size_t bytes = 8 * 1024 * 1024;  // and their texts
  std::size_t batch = 1000;             // of them for one run
  int tries = 5;                        // of a batch whose runs fail
  std::uint64_t first_delay_ms = 1000;  // after a failure, doubled with each
  std::uint64_t last_delay_ms = 60'000;
  std::uint64_t kept_ms = 15'000;  // events, while another host runs the job
};

class Jobs {
 public:
  using Done = base::Function<void(base::Result<void>)>;
  // Runs one on a lane; `done` is called on our loop, perhaps never once the lanes end.
  using Run = base::Function<void(std::string name, std::shared_ptr<const script::JobEvents> events, Done done)>;

  // `shared`: a job that does not run everywhere waits for lead().
  Jobs(loop::Loop& loop, Run run, JobLimits limits = {}, bool shared = false);
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  // The jobs of a generation that serves from now on: each runs once, with what waited for its name.
  void schedule(const std::vector<script::JobInfo>& jobs);
  // From here on this host runs it, under that term; 0: it does not, `holder` does.
  void lead(const std::string& name, std::int64_t term, std::string holder);
  // Events in order, and how many before them got lost on the way here.
  void take(std::vector<script::JobEvent> events, std::uint64_t lost);
  // None starts from here on.
  void stop();

  std::string json() const;  // [{"job":...}]
  void metrics(MetricsText& text) const;

 private:
  struct Job;

  bool stands_by(const Job& job) const noexcept;
  void start(Job& job);
  void drop_old(Job& job);
  void add(Job& job, const script::JobEvent& event);
  void lose(Job& job, std::uint64_t count, const char* why);
  void tick(const std::string& name, bool due);  // it is due, or may be tried again
  void consider(Job& job);
  void ended(const std::string& name, base::Result<void> outcome);
  void failed(Job& job, const base::Error& error);

  loop::Loop& loop_;
  Run run_;
  const JobLimits limits_;
  const bool shared_;
  std::shared_ptr<Jobs*> self_;  // for outcomes that come when we are gone

  mutable std::mutex mutex_;  // the map and what is shown of each job
  std::map<std::string, std::unique_ptr<Job>> jobs_;
};

}  // namespace host::app
