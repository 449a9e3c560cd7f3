#include "app/supervisor.h"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "base/log.h"
#include "codec/json.h"

namespace host::app {

using base::Error;
using base::Result;

// The lanes go on serving while it builds.
static constexpr int builder_niceness = 5;

// A request that waits keeps its generation, and with it the memory of a whole Lua state for each
// lane. So many old ones may drain; the next reload is built when one of them has ended.
static constexpr std::size_t most_draining = 8;

static double epoch() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

static std::string quoted(std::string_view text) {
  std::string out;
  codec::json::append_string(out, text);
  return out;
}

// One reload on its way: a generation for every lane is built, and only when all are there
// does any lane serve its own.
struct Supervisor::Publication {
  std::shared_ptr<const script::ScriptSet> scripts;
  std::uint64_t number = 0;
  std::vector<std::unique_ptr<script::Generation>> built;
  std::optional<Error> error;
  base::Function<void(std::string)> done;
};

Supervisor::Supervisor(loop::Loop& loop, const base::Config& config, std::string version,
                       Outside outside)
    : loop_(loop),
      config_(config),
      version_(std::move(version)),
      outside_(std::move(outside)),
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
  return script::read_scripts(config_.scripts.paths);
}

Result<void> Supervisor::start(std::vector<std::unique_ptr<Lane>> lanes,
                               std::shared_ptr<const script::ScriptSet> scripts) {
  lanes_ = std::move(lanes);
  generation_ = 1;
  // Open before the first lane says that the host is there; answered when all are, because this
  // loop does not turn until then.
  TRY(admin_, AdminServer::open(loop_, config_.admin.socket,
                                [this](std::string line, AdminServer::Reply reply) {
                                  command(line, std::move(reply));
                                }));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGTERM, [this] { shut_down(); }));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGINT, [this] { shut_down(); }));
  signals_.push_back(std::make_unique<loop::Signal>(loop_, SIGHUP, [this] {
    reload([](std::string) {});
  }));
  for (auto& lane : lanes_) {
    TRY(catalog_, lane->start(scripts, 1));
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
    loaded_ = epoch();
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

void Supervisor::reload(base::Function<void(std::string)> done) {
  if (publication_) {
    // The scripts under way were read before this was asked for: look again after them.
    later_reloads_.push_back(std::move(done));
    return;
  }
  publication_ = std::make_unique<Publication>();
  publication_->done = std::move(done);
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
  if (watch_) watch_->settle();
  auto scripts = script::read_scripts(config_.scripts.paths);
  if (!scripts) {
    publication_->error = std::move(scripts).error();
    return publish();
  }
  publication_->scripts = std::move(scripts).value();
  {
    std::lock_guard lock(mutex_);
    publication_->number = generation_ + 1;
  }
  if (!builder_) builder_ = std::make_unique<loop::Worker>("builder", builder_niceness);
  builder_->submit([this] {
    build(*publication_);
    loop_.post([this] { publish(); });
  });
}

// On the builder's thread: scripts that loop or fail while they load cost no lane anything.
void Supervisor::build(Publication& publication) {
  for (auto& lane : lanes_) {
    auto built = lane->build(*publication.scripts, publication.number);
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
    outcome = "{\"ok\":false,\"error\":" + quoted(publication->error->message) + "}";
  } else {
    catalog_ = {publication->built.front()->routes(), publication->built.front()->jobs()};
    for (std::size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i]->publish(std::move(publication->built[i]));
    }
    {
      std::lock_guard lock(mutex_);
      generation_ = publication->number;
      ++reloads_;
      loaded_ = epoch();
      last_error_.clear();
    }
    base::log::info("scripts", "loaded", {{"generation", publication->number}});
    schedule_jobs();
    outcome = fmt::format("{{\"ok\":true,\"generation\":{}}}", publication->number);
  }
  publication->done(outcome);
  auto later = std::exchange(later_reloads_, {});
  if (later.empty()) return;
  reload([later = std::move(later)](std::string again) mutable {
    for (auto& done : later) done(again);
  });
}

void Supervisor::schedule_jobs() {
  job_timers_.clear();
  job_events_ = {};
  if (ending_) return;
  Lane* lane = lanes_.front().get();
  std::set<std::string> names;
  for (const script::JobInfo& job : catalog_.jobs) {
    lane->run_job(job.name, "[]");
    if (job.every > 0) {
      auto period = static_cast<std::uint64_t>(job.every * 1000);
      auto timer = std::make_unique<loop::Timer>(
          loop_, [lane, name = job.name] { lane->run_job(name, "[]"); });
      timer->start(period, period);
      job_timers_.push_back(std::move(timer));
    }
    names.insert(job.on.begin(), job.on.end());
  }
  if (names.empty() || !outside_.subscribe) return;
  job_events_ = outside_.subscribe(
      loop_, std::vector<std::string>(names.begin(), names.end()),
      [lane, jobs = catalog_.jobs](std::string event) {
        for (const script::JobInfo& job : jobs) {
          for (const std::string& name : job.on) {
            if (name == event) lane->run_job(job.name, "[" + quoted(event) + "]");
          }
        }
      });
}

void Supervisor::shut_down() {
  if (ending_) {
    loop_.stop();  // a second signal: do not wait for anybody
    return;
  }
  ending_ = true;
  base::log::info("host", "draining");
  watch_.reset();
  crowded_.reset();
  job_timers_.clear();
  job_events_ = {};
  auto left = std::make_shared<std::size_t>(lanes_.size());
  auto limit = static_cast<std::uint64_t>(config_.http.drain_seconds * 1000);
  for (auto& lane : lanes_) {
    lane->drain(limit, loop_, [this, left] {
      if (--*left > 0) return;
      // The lanes themselves go later: the PBX hub still may post to their loops.
      admin_.reset();
      signals_.clear();
      loop_.stop();
    });
  }
}

void Supervisor::clear() {
  builder_.reset();  // waits for what it builds: that is of the lanes
  publication_.reset();
  watch_.reset();
  crowded_.reset();
  job_timers_.clear();
  job_events_ = {};
  for (auto& lane : lanes_) lane->clear();
}

void Supervisor::command(const std::string& line, AdminServer::Reply reply) {
  if (line == "reload") {
    reload([reply = std::move(reply)](std::string outcome) mutable { reply(std::move(outcome)); });
  } else if (line == "status") {
    reply(status_json());
  } else if (line == "routes") {
    reply(routes_json());
  } else {
    reply("{\"ok\":false,\"error\":\"unknown command\"}");
  }
}

std::string Supervisor::status_json() {
  auto store = outside_.store_check();
  std::string nodes = outside_.nodes_json();
  std::lock_guard lock(mutex_);
  std::string out = fmt::format(
      "{{\"status\":\"ok\",\"version\":{},\"started\":{:.3f},\"generation\":{},\"loaded\":{:.3f},"
      "\"reloads\":{},\"failed_reloads\":{},",
      quoted(version_), started_, generation_, loaded_, reloads_, failed_reloads_);
  out += "\"last_script_error\":";
  out += last_error_.empty()
             ? "null"
             : fmt::format("{{\"message\":{},\"at\":{:.3f}}}", quoted(last_error_), last_error_at_);
  out += ",\"store\":{\"state\":";
  out += store ? "\"up\"" : "\"down\",\"error\":" + quoted(store.error().message);
  out += "},\"pbx\":" + nodes + ",\"listen\":[";
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    out += (i ? "," : "") + quoted(addresses_[i]);
  }
  out += "],\"lanes\":[";
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane::Status lane = lanes_[i]->status();
    out += fmt::format(
        "{}{{\"lane\":{},\"generation\":{},\"connections\":{},\"tasks\":{},\"draining\":{},"
        "\"lua_bytes\":{},\"requests\":{}}}",
        i ? "," : "", i, lane.generation, lane.connections, lane.tasks, lane.draining,
        lane.lua_bytes, lane.requests);
  }
  return out + "]}";
}

std::string Supervisor::routes_json() {
  std::string out = "{\"ok\":true,\"routes\":[";
  bool first = true;
  for (const script::RouteInfo& route : catalog_.routes) {
    out += first ? "{" : ",{";
    first = false;
    out += "\"surface\":" + quoted(route.surface) + ",\"title\":" + quoted(route.title) + ",\"file\":" + quoted(route.file) +
           ",\"label\":" + quoted(route.label) + ",\"call\":" +
           quoted(route.method.empty() ? route.path : route.method + " " + route.path) +
           ",\"access\":" + quoted(route.access) + ",\"summary\":" + quoted(route.summary) + "}";
  }
  return out + "]}";
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

std::string Supervisor::metrics_text() {
  MetricsText text;
  text.routes(route_counters());
  text.family("patchbay_lane_connections", "gauge", "Open connections of a lane.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_connections", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().connections));
  }
  text.family("patchbay_lane_tasks", "gauge", "Running tasks of a lane's current generation.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_tasks", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().tasks));
  }
  text.family("patchbay_lane_lua_bytes", "gauge", "Memory of a lane's current Lua state.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_lua_bytes", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().lua_bytes));
  }
  text.family("patchbay_lane_draining_generations", "gauge", "Old generations with tasks left.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_draining_generations", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().draining));
  }
  {
    std::lock_guard lock(mutex_);
    text.family("patchbay_generation", "gauge", "Number of the generation that serves.");
    text.sample("patchbay_generation", "", static_cast<double>(generation_));
    text.family("patchbay_reloads_total", "counter", "Reloads by outcome.");
    text.sample("patchbay_reloads_total", "outcome=\"ok\"", static_cast<double>(reloads_));
    text.sample("patchbay_reloads_total", "outcome=\"failed\"",
                static_cast<double>(failed_reloads_));
  }
  outside_.metrics(text);
  return text.take();
}

std::optional<http::Response> Supervisor::own_page(const http::Request& request) {
  bool health = request.path == "/healthz";
  if (!health && request.path != "/metrics") return std::nullopt;
  http::Response response;
  response.route = health ? "host/healthz" : "host/metrics";
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.set("Allow", "GET, HEAD").set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::string("method not allowed\n");
    return response;
  }
  response.set("Cache-Control", "no-store");
  if (request.peer != "unix" && !status_from_.contains(request.peer)) {
    if (health) {
      response.set("Content-Type", "application/json; charset=utf-8");
      response.body = std::string("{\"status\":\"ok\"}\n");
    } else {
      response.status = 403;
      response.set("Content-Type", "text/plain; charset=utf-8");
      response.body = std::string("not for this address (http.status_from)\n");
    }
    return response;
  }
  if (health) {
    response.set("Content-Type", "application/json; charset=utf-8");
    response.body = status_json() + "\n";
  } else {
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = metrics_text();
  }
  return response;
}

}  // namespace host::app
