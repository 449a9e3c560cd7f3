#include "app/jobs.h"

#include <algorithm>
#include <chrono>
#include <deque>

#include "base/log.h"
#include "base/seldom.h"
#include "codec/quoted.h"
#include "loop/timer.h"

namespace host::app {

using codec::json::quoted;

using base::Result;
using script::JobEvent;
using script::JobEvents;

static double epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

static std::size_t size_of(const JobEvent& event) noexcept {
  std::size_t bytes = 0;
  for (const auto& [name, value] : event.fields) bytes += name.size() + value.size();
  return bytes;
}

struct Jobs::Job {
  Job(loop::Loop& loop, base::Function<void()> tick, base::Function<void()> retry)
      : every(loop, std::move(tick)), later(loop, std::move(retry)) {}

  struct Waiting {
    std::uint64_t since;  // on the loop's clock
    JobEvent event;
  };

  script::JobInfo info;
  loop::Timer every;
  loop::Timer later;  // armed while a failed job waits for its next try
  bool running = false, due = false, waiting = false;
  std::deque<Waiting> queue;
  std::size_t bytes = 0;      // of the queue
  std::uint64_t untold = 0;   // lost, and the job has not heard of it
  std::shared_ptr<const JobEvents> given;  // to the run that is under way
  int tries = 0;                           // of these
  std::int64_t term = 0;                   // of our lease
  base::Seldom losing;

  // What is shown; guarded by Jobs::mutex_.
  struct {
    bool running = false, stands_by = false;
    std::string holder;  // the host that runs it, when it is another one
    std::uint64_t runs = 0, failures = 0, in_a_row = 0, lost = 0, queued = 0;
    double began = 0, seconds = 0, next = 0, failed_at = 0;
    std::string error;  // of the newest failure
  } shown;
};

Jobs::Jobs(loop::Loop& loop, Run run, JobLimits limits, bool shared)
    : loop_(loop), run_(std::move(run)), limits_(limits), shared_(shared), self_(std::make_shared<Jobs*>(this)) {}

Jobs::~Jobs() { *self_ = nullptr; }

void Jobs::schedule(const std::vector<script::JobInfo>& jobs) {
  std::map<std::string, std::unique_ptr<Job>> old;
  {
    std::lock_guard lock(mutex_);
    old.swap(jobs_);
    for (const script::JobInfo& info : jobs) {
      std::unique_ptr<Job>& job = jobs_[info.name];
      if (auto found = old.find(info.name); found != old.end()) {
        job = std::move(found->second);
      } else {
        job = std::make_unique<Job>(
            loop_, [this, name = info.name] { tick(name, true); }, [this, name = info.name] { tick(name, false); });
      }
      job->info = info;
      job->shown.in_a_row = 0;  // its script may have been mended
      job->shown.next = 0;
      job->shown.stands_by = stands_by(*job);
    }
  }
  for (auto& [name, job] : jobs_) start(*job);
}

void Jobs::start(Job& job) {
  job.later.stop();
  job.waiting = false;
  job.due = true;
  job.every.stop();
  if (stands_by(job)) return;
  if (auto period = static_cast<std::uint64_t>(job.info.every * 1000); period > 0) job.every.start(period, period);
  consider(job);
}

bool Jobs::stands_by(const Job& job) const noexcept { return shared_ && !job.info.everywhere && job.term == 0; }

// A run that is under way goes on and finds the store closed to it.
void Jobs::lead(const std::string& name, std::int64_t term, std::string holder) {
  auto found = jobs_.find(name);
  if (found == jobs_.end()) return;
  Job& job = *found->second;
  bool stood_by = stands_by(job);
  if (stood_by) drop_old(job);
  job.term = term;
  {
    std::lock_guard lock(mutex_);
    job.shown.stands_by = stands_by(job);
    job.shown.holder = term == 0 ? std::move(holder) : "";
    if (job.shown.stands_by) job.shown.in_a_row = 0;
  }
  if (stood_by != stands_by(job)) start(job);
}

void Jobs::drop_old(Job& job) {
  std::uint64_t now = loop_.now_ms();
  while (!job.queue.empty() && job.queue.front().since + limits_.kept_ms < now) {
    job.bytes -= size_of(job.queue.front().event);
    job.queue.pop_front();
  }
}

void Jobs::tick(const std::string& name, bool due) {
  Job& job = *jobs_.at(name);
  if (due) job.due = true;
  else job.waiting = false;
  consider(job);
}

void Jobs::stop() {
  std::lock_guard lock(mutex_);
  jobs_.clear();
}

void Jobs::take(std::vector<JobEvent> events, std::uint64_t lost) {
  for (auto& [name, job] : jobs_) {
    const auto& on = job->info.on;
    if (on.empty()) continue;
    if (lost > 0 && !stands_by(*job)) lose(*job, lost, "events came faster than they could be taken");
    for (const JobEvent& event : events) {
      if (std::find(on.begin(), on.end(), event.name) != on.end()) add(*job, event);
    }
    consider(*job);
  }
}

void Jobs::add(Job& job, const JobEvent& event) {
  job.bytes += size_of(event);
  job.queue.push_back({loop_.now_ms(), event});
  std::uint64_t dropped = 0;
  while (job.queue.size() > limits_.events || job.bytes > limits_.bytes) {
    job.bytes -= size_of(job.queue.front().event);
    job.queue.pop_front();
    ++dropped;
  }
  if (stands_by(job)) return drop_old(job);
  if (dropped > 0) lose(job, dropped, "too many events wait for the job");
}

void Jobs::lose(Job& job, std::uint64_t count, const char* why) {
  job.untold += count;
  std::uint64_t all = 0;
  {
    std::lock_guard lock(mutex_);
    all = job.shown.lost += count;
  }
  if (job.losing.times() > 0) base::log::warn("job", why, {{"job", job.info.name}, {"lost_in_all", all}});
}

void Jobs::consider(Job& job) {
  std::unique_lock lock(mutex_);
  job.shown.queued = job.queue.size();
  if (job.running || job.waiting || stands_by(job)) return;
  if (!job.due && job.queue.empty() && job.untold == 0) return;
  job.due = false;
  job.running = true;
  auto events = std::make_shared<JobEvents>();
  std::size_t count = std::min(job.queue.size(), limits_.batch);
  for (std::size_t i = 0; i < count; ++i) {
    job.bytes -= size_of(job.queue.front().event);
    events->events.push_back(std::move(job.queue.front().event));
    job.queue.pop_front();
  }
  events->lost = std::exchange(job.untold, 0);
  events->term = job.term;
  job.given = events;
  job.shown.queued = job.queue.size();
  job.shown.running = true;
  job.shown.began = epoch();
  job.shown.next = 0;
  ++job.shown.runs;
  lock.unlock();
  run_(job.info.name, std::move(events), [self = self_, name = job.info.name](Result<void> outcome) {
    if (*self) (*self)->ended(name, std::move(outcome));
  });
}

void Jobs::ended(const std::string& name, Result<void> outcome) {
  auto found = jobs_.find(name);
  if (found == jobs_.end() || !found->second->running) return;  // no job of this generation
  Job& job = *found->second;
  job.running = false;
  std::uint64_t before = 0;
  {
    std::lock_guard lock(mutex_);
    job.shown.running = false;
    job.shown.seconds = epoch() - job.shown.began;
    if (outcome) before = std::exchange(job.shown.in_a_row, 0);
  }
  bool ours = job.given->term == job.term;
  if (outcome || !ours) {
    // What another host has taken over is its own to try again.
    job.given.reset();
    job.tries = 0;
    if (before > 0) base::log::info("job", "runs again", {{"job", name}, {"failures", before}});
  } else {
    failed(job, outcome.error());
  }
  consider(job);
}

void Jobs::failed(Job& job, const base::Error& error) {
  std::size_t end = error.message.find('\n');
  std::string message = error.message.substr(0, end);
  std::string trace = end == std::string::npos ? "" : error.message.substr(end + 1);
  std::uint64_t row = 0, delay = 0;
  {
    std::lock_guard lock(mutex_);
    ++job.shown.failures;
    row = ++job.shown.in_a_row;
    delay = std::min(limits_.last_delay_ms, limits_.first_delay_ms << std::min<std::uint64_t>(row - 1, 20));
    job.shown.error = message;
    job.shown.failed_at = epoch();
    job.shown.next = epoch() + static_cast<double>(delay) / 1000;
  }
  // An outage is one line, not one for each try.
  if (row == 1) {
    auto level = error.code == base::Code::internal ? base::log::Level::error : base::log::Level::warn;
    base::log::write(level, "job", message, {{"job", job.info.name}, {"trace", trace}});
  }
  // What it was given is given again; what nobody can digest must not stand in the way for ever.
  auto given = std::exchange(job.given, nullptr);
  job.untold += given->lost;
  if (!given->events.empty() && ++job.tries >= limits_.tries) {
    job.tries = 0;
    lose(job, given->events.size(), "the job failed on these events again and again");
  } else {
    for (auto event = given->events.rbegin(); event != given->events.rend(); ++event) {
      job.bytes += size_of(*event);
      job.queue.push_front({loop_.now_ms(), *event});
    }
  }
  job.due = true;
  job.waiting = true;
  job.later.start(delay);
}

std::string Jobs::json() const {
  std::lock_guard lock(mutex_);
  std::string out = "[";
  for (const auto& [name, job] : jobs_) {
    const auto& shown = job->shown;
    if (out.size() > 1) out += ',';
    out += fmt::format("{{\"job\":{},\"file\":{},\"every\":{},\"on\":[", quoted(name), quoted(job->info.file), job->info.every);
    for (std::size_t i = 0; i < job->info.on.size(); ++i) out += (i ? "," : "") + quoted(job->info.on[i]);
    double next = shown.next;
    if (next == 0 && job->info.every > 0 && !shown.running && !shown.stands_by) next = shown.began + job->info.every;
    out += fmt::format(
        "],\"hosts\":\"{}\",\"host\":{},\"state\":\"{}\",\"runs\":{},\"failures\":{},\"failures_in_a_row\":{},\"events_waiting\":{},\"events_lost\":{},"
        "\"last_run\":{:.3f},\"last_seconds\":{:.3f},\"next_run\":",
        job->info.everywhere ? "every" : "one", shown.holder.empty() ? "null" : quoted(shown.holder),
        shown.stands_by ? "standing by" : shown.in_a_row > 0 ? "failing" : shown.running ? "running" : "waiting", shown.runs, shown.failures,
        shown.in_a_row, shown.queued, shown.lost, shown.began, shown.seconds);
    out += next > 0 ? fmt::format("{:.3f}", next) : "null";
    out += ",\"last_error\":";
    out += shown.error.empty() ? "null"
                               : fmt::format("{{\"message\":{},\"at\":{:.3f}}}", quoted(shown.error), shown.failed_at);
    out += '}';
  }
  return out + "]";
}

void Jobs::metrics(MetricsText& text) const {
  std::lock_guard lock(mutex_);
  auto family = [&](const char* name, const char* kind, const char* help, auto value) {
    text.family(name, kind, help);
    for (const auto& [job, it] : jobs_) text.sample(name, MetricsText::label("job", job), static_cast<double>(value(it->shown)));
  };
  family("patchbay_job_runs_total", "counter", "Runs of a job.", [](auto& it) { return it.runs; });
  family("patchbay_job_failures_total", "counter", "Runs of a job that failed.", [](auto& it) { return it.failures; });
  family("patchbay_job_standing_by", "gauge", "1 while another host runs a job.", [](auto& it) { return it.stands_by ? 1 : 0; });
  family("patchbay_job_failing", "gauge", "1 while a job's newest run is one that failed.",
         [](auto& it) { return it.in_a_row > 0 ? 1 : 0; });
  family("patchbay_job_last_run_timestamp_seconds", "gauge", "When a job ran last.", [](auto& it) { return it.began; });
  family("patchbay_job_events_waiting", "gauge", "Events that wait for a job.", [](auto& it) { return it.queued; });
  family("patchbay_job_events_lost_total", "counter", "Events a job was not given.", [](auto& it) { return it.lost; });
}

}  // namespace host::app
