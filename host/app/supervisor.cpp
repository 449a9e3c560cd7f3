#include "app/supervisor.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/rights.h"
#include "app/serve.h"
#include "base/log.h"
#include "base/log_level.h"
#include "codec/quoted.h"
#include "http/tls.h"
#include "script/sound.h"

namespace host::app {

using codec::json::quoted;

using base::Error;
using base::Result;

// The lanes go on serving while it builds.
static constexpr int builder_niceness = 5;

// A request that waits keeps its generation, and with it the memory of a whole Lua state for each
// lane. So many old ones may drain; the next reload is built when one of them has ended.
static constexpr std::size_t most_draining = 8;

static constexpr std::uint64_t second_look_ms = 500;

static double epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

// One reload on its way: a generation for every lane is built, and only when all are there
// does any lane serve its own.
struct Supervisor::Publication {
  std::shared_ptr<const script::ScriptSet> scripts;
  std::shared_ptr<const script::ScriptSet> serving;
  std::uint64_t number = 0;
  std::vector<std::unique_ptr<script::Generation>> built;
  std::optional<Error> error;
  base::Function<void(std::string)> done;
  bool configuration = false;          // is read as well
  bool looked_again = false;
  std::optional<base::Config> fresh;   // what it says now
  std::string old_settings;            // in force until the scripts are built
};

static JobLimits job_limits(const base::Config& config) {
  JobLimits limits;
  limits.events = config.scripts.job_events;
  limits.bytes = config.scripts.job_events_mb << 20;
  return limits;
}

Supervisor::Supervisor(loop::Loop& loop, const base::Config& config, std::string version,
                       Outside outside)
    : loop_(loop),
      config_(config),
      version_(std::move(version)),
      outside_(std::move(outside)),
      jobs_(loop, [this](std::string name, std::shared_ptr<const script::JobEvents> events, Jobs::Done done) {
        lanes_.front()->run_job(std::move(name), std::move(events), loop_, std::move(done));
      }, job_limits(config), !outside_.shared_store.empty()),
      in_force_(config),
      started_(epoch()) {}

Supervisor::~Supervisor() = default;

Result<std::shared_ptr<const script::ScriptSet>> Supervisor::first_scripts() {
  TRY(status_from_, http::Networks::parse(config_.http.status_from));
  // Before they are read: what is saved from here on is loaded once the host runs.
  if (config_.scripts.watch) {
    watch_ = std::make_unique<Watch>(loop_, config_.scripts.paths, 100, [this] {
      reload([](std::string) {});
    });
  }
  return script::read_scripts(config_.scripts.paths, true);
}

Result<void> Supervisor::start(std::vector<std::unique_ptr<Lane>> lanes,
                               std::shared_ptr<const script::ScriptSet> scripts) {
  lanes_ = std::move(lanes);
  generation_ = 1;
  // Open before the first lane says that the host is there; answered when all are, because this
  // loop does not turn until then.
  TRY(admin_, AdminServer::open(loop_, admin_place(config_),
                                [this](std::string line, AdminServer::Reply reply) {
                                  command(line, std::move(reply));
                                }));
  TRY_VOID(set_rights(admin_place(config_), config_.admin.group, config_.admin.mode));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGTERM, [this] { shut_down(); }));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGINT, [this] { shut_down(); }));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGHUP, [this] {
    reload([](std::string) {}, true);
  }));
  for (auto& lane : lanes_) {
    TRY(catalog_, lane->start(scripts, 1));
    scripts = catalog_.scripts;
  }
  for (const script::SetAside& it : scripts->aside) {
    base::log::error("scripts", "set aside, the others serve", {{"file", it.file}, {"reason", it.message}});
  }
  auto ports = lanes_.front()->ports();
  std::vector<std::string> addresses;
  std::size_t next = 0;
  for (const std::string& text : config_.http.listen) {
    TRY(loop::Address address, loop::Address::parse(text));
    if (address.path.empty()) address.port = ports.at(next++);
    addresses.push_back(address.text());
  }
  {
    std::lock_guard lock(mutex_);  // the lanes serve /healthz already
    addresses_ = std::move(addresses);
    scripts_ = std::move(scripts);
    loaded_ = epoch();
  }
  if (!outside_.shared_store.empty()) {
    leadership_ = std::make_unique<Leadership>(
        loop_, outside_.shared_store, addresses_.empty() ? "" : addresses_.front(),
        [this](const std::string& job, const store::Leases::Lease& lease) { jobs_.lead(job, lease.term, lease.holder); });
  }
  schedule_jobs();
  return {};
}

void Supervisor::failed(const Error& error) {
  base::log::error("scripts", "not loaded, the old generation serves on",
                   {{"reason", error.message}});
  std::lock_guard lock(mutex_);
  ++failed_reloads_;
  last_error_ = error.message;
  last_error_at_ = epoch();
}

void Supervisor::reload(base::Function<void(std::string)> done, bool configuration) {
  if (publication_) {
    later_configuration_ = later_configuration_ || configuration;
    // The scripts under way were read before this was asked for: look again after them.
    later_reloads_.push_back(std::move(done));
    return;
  }
  publication_ = std::make_unique<Publication>();
  publication_->done = std::move(done);
  publication_->configuration = configuration;
  if (!crowded()) return load();
  base::log::warn("scripts", "a reload waits for requests on old generations",
                  {{"generations", most_draining}});
  crowded_ = std::make_unique<loop::Timer>(loop_, [this] {
    if (crowded()) return;
    crowded_->stop();
    load();
  });
  crowded_->start(50, 50);
}

bool Supervisor::crowded() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) {
    return lane->status().draining >= most_draining;
  });
}

void Supervisor::load() {
  if (publication_->fresh) {
    // Read before the second look.
  } else if (auto known = reread(*publication_); !known) {
    publication_->error = std::move(known).error();
    return publish();
  }
  if (watch_) watch_->settle();
  auto scripts = script::read_scripts(config_.scripts.paths, true);
  if (!scripts) {
    publication_->error = std::move(scripts).error();
    return publish();
  }
  if (look_again(**scripts)) return;
  publication_->scripts = std::move(scripts).value();
  {
    std::lock_guard lock(mutex_);
    publication_->number = generation_ + 1;
    publication_->serving = scripts_;
  }
  if (!builder_) builder_ = std::make_unique<loop::Worker>("builder", builder_niceness);
  builder_->submit([this] {
    build(*publication_);
    loop_.post([this] { publish(); });
  });
}

// A file that is empty or still written to, and a stock one that went away, as in the middle of a copy or an
// upgrade: a moment later the folders are read once more, and then they count as they are.
bool Supervisor::look_again(const script::ScriptSet& scripts) {
  if (publication_->looked_again) return false;
  auto written = [&](const auto& it) { return it.second.text.empty(); };
  auto gone = [&](const auto& it) { return it.second.folder == 0 && scripts.scripts.count(it.first) == 0; };
  bool changing = watch_ && !watch_->settled();
  bool doubtful = changing || std::any_of(scripts.scripts.begin(), scripts.scripts.end(), written) ||
                  std::any_of(catalog_.scripts->scripts.begin(), catalog_.scripts->scripts.end(), gone);
  if (!doubtful) return false;
  publication_->looked_again = true;
  doubtful_ = std::make_unique<loop::Timer>(loop_, [this] { load(); });
  doubtful_->start(second_look_ms);
  return true;
}

// The configuration as it is now; its settings are there for the scripts that are built next.
Result<void> Supervisor::reread(Publication& publication) {
  if (!publication.configuration || !outside_.reread) return {};
  TRY(base::Config fresh, outside_.reread());
  if (!fresh.http.tls_certificate.empty() && !config_.http.tls_certificate.empty()) {
    TRY(auto usable, http::TlsContext::load({fresh.http.tls_certificate, fresh.http.tls_key}));
  }
  publication.old_settings = outside_.settings->set(fresh.settings_json);
  publication.fresh = std::move(fresh);
  return {};
}

static std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += (out.empty() ? "" : ",") + quoted(name);
  return "[" + out + "]";
}

// What can change without a restart does; the rest is named. Returns members for the outcome.
std::string Supervisor::apply(Publication& publication) {
  if (!publication.fresh) return "";
  const base::Config& fresh = *publication.fresh;
  std::vector<std::string> applied, restart;
  bool tls = !config_.http.tls_certificate.empty() && !fresh.http.tls_certificate.empty();
  for (const std::string& name : fresh.changed(in_force_)) {
    bool live = name == "settings" || name == "log.level" || (tls && name.starts_with("http.tls."));
    (live ? applied : restart).push_back(name);
  }
  in_force_.settings_json = fresh.settings_json;
  in_force_.log.level = fresh.log.level;
  base::log::set_level(base::log::level_of(fresh.log.level));
  if (tls) {
    in_force_.http.tls_certificate = fresh.http.tls_certificate;
    in_force_.http.tls_key = fresh.http.tls_key;
    for (auto& lane : lanes_) lane->renew({fresh.http.tls_certificate, fresh.http.tls_key});
    applied.emplace_back("certificates");
  }
  std::string text;
  for (const std::string& name : restart) text += (text.empty() ? "" : " ") + name;
  if (!restart.empty()) base::log::warn("host", "changed in the configuration, and needs a restart", {{"keys", text}});
  return ",\"applied\":" + list_of(applied) + ",\"needs_restart\":" + list_of(restart);
}

// What was set aside at the start and is still the same stays there; anything else that does not load
// leaves the old generation in place.
static bool known(const script::ScriptSet& serving, const std::string& name, const std::string& text) {
  return std::any_of(serving.aside.begin(), serving.aside.end(),
                     [&](const script::SetAside& it) { return it.name == name && it.text == text; });
}

// On the builder's thread: scripts that loop or fail while they load cost no lane anything.
void Supervisor::build(Publication& publication) {
  for (const script::SetAside& it : publication.scripts->aside) {
    if (known(*publication.serving, it.name, it.text)) continue;
    publication.error = base::invalid(it.message);
    return;
  }
  auto first = script::build_sound(publication.scripts, [&](const script::ScriptSet& set, auto& problems) {
    auto built = lanes_.front()->build(set, publication.number, &problems);
    for (const script::Problem& problem : problems) {
      auto found = set.scripts.find(problem.script);
      if (found != set.scripts.end() && known(*publication.serving, problem.script, found->second.text)) continue;
      built = base::invalid(problem.message);
      problems.clear();
      break;
    }
    return built;
  });
  if (!first) {
    publication.error = std::move(first).error();
    return;
  }
  publication.scripts = first->scripts;
  publication.built.push_back(std::move(first->generation));
  for (std::size_t i = 1; i < lanes_.size(); ++i) {
    auto built = lanes_[i]->build(*publication.scripts, publication.number);
    if (!built) {
      publication.error = std::move(built).error();
      return;
    }
    publication.built.push_back(std::move(built).value());
  }
}

void Supervisor::publish() {
  std::unique_ptr<Publication> publication = std::move(publication_);
  if (ending_) return;
  std::string outcome;
  if (publication->error) {
    failed(*publication->error);
    if (publication->fresh) outside_.settings->set(std::move(publication->old_settings));
    outcome = "{\"ok\":false,\"error\":" + quoted(publication->error->message) + "}";
  } else {
    catalog_ = {publication->built.front()->routes(), publication->built.front()->jobs(), publication->scripts};
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i]->publish(std::move(publication->built[i]));
    }
    {
      std::lock_guard lock(mutex_);
      generation_ = publication->number;
      scripts_ = publication->scripts;
      ++reloads_;
      loaded_ = epoch();
      last_error_.clear();
    }
    base::log::info("scripts", "loaded", {{"generation", publication->number}});
    schedule_jobs();
    outcome = fmt::format("{{\"ok\":true,\"generation\":{}{}}}", publication->number, apply(*publication));
  }
  publication->done(outcome);
  auto later = std::exchange(later_reloads_, {});
  if (later.empty()) return;
  reload([later = std::move(later)](std::string again) mutable {
    for (auto& done : later) done(again);
  }, std::exchange(later_configuration_, false));
}

void Supervisor::schedule_jobs() {
  if (ending_) return;
  jobs_.schedule(catalog_.jobs);
  if (leadership_) {
    std::set<std::string> led;
    for (const script::JobInfo& job : catalog_.jobs) {
      if (!job.everywhere) led.insert(job.name);
    }
    leadership_->want(std::move(led));
  }
  if (!outside_.subscribe) return;
  // Only ever more names: to subscribe anew would lose what comes in between.
  std::vector<std::string> names;
  for (const script::JobInfo& job : catalog_.jobs) {
    for (const std::string& name : job.on) {
      if (job_event_names_.insert(name).second) names.push_back(name);
    }
  }
  if (names.empty()) return;
  job_events_.push_back(outside_.subscribe(loop_, std::move(names), [this](std::vector<script::JobEvent> events, std::uint64_t lost) {
    jobs_.take(std::move(events), lost);
  }));
}

void Supervisor::shut_down() {
  if (ending_) {
    loop_.stop();  // a second signal: do not wait for anybody
    return;
  }
  if (!leaving_.exchange(true) && config_.http.leave_seconds > 0) {
    base::log::info("host", "leaving");
    for (auto& lane : lanes_) lane->leave();
    leave_ = std::make_unique<loop::Timer>(loop_, [this] { shut_down(); });
    leave_->start(static_cast<std::uint64_t>(config_.http.leave_seconds * 1000));
    return;
  }
  if (leave_) leave_->stop();
  ending_ = true;
  base::log::info("host", "draining");
  watch_.reset();
  crowded_.reset();
  doubtful_.reset();
  job_events_.clear();
  jobs_.stop();
  auto left = std::make_shared<std::size_t>(lanes_.size());
  auto limit = static_cast<std::uint64_t>(config_.http.drain_seconds * 1000);
  for (auto& lane : lanes_) {
    lane->drain(limit, loop_, [this, left] {
      if (--*left > 0) return;
      // The lanes themselves go later: the PBX hub still may post to their loops.
      admin_.reset();
      signals_.clear();
      if (!leadership_) return loop_.stop();
      leadership_->release([this] { loop_.stop(); });
    });
  }
}

void Supervisor::clear() {
  leadership_.reset();
  builder_.reset();  // waits for what it builds: that is of the lanes
  publication_.reset();
  watch_.reset();
  crowded_.reset();
  doubtful_.reset();
  leave_.reset();
  job_events_.clear();
  jobs_.stop();
  for (auto& lane : lanes_) lane->clear();
}

void Supervisor::command(const std::string& line, AdminServer::Reply reply) {
  if (line == "reload") {
    reload([reply = std::move(reply)](std::string outcome) mutable { reply(std::move(outcome)); }, true);
  } else if (line == "status") {
    reply(status_json());
  } else if (line == "routes") {
    reply(routes_json());
  } else {
    reply("{\"ok\":false,\"error\":\"unknown command\"}");
  }
}

std::map<std::string, RouteCounters, std::less<>> Supervisor::route_counters() const {
  std::map<std::string, RouteCounters, std::less<>> all;
  for (auto& lane : lanes_) {
    for (const auto& [route, counters] : lane->metrics().routes()) all[route].add(counters);
  }
  return all;
}

std::size_t Supervisor::tasks() const {
  std::size_t count = 0;
  for (auto& lane : lanes_) {
    Lane::Status status = lane->status_now();
    count += status.tasks + status.draining;
  }
  return count;
}

}  // namespace host::app
