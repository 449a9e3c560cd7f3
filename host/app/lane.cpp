#include "app/lane.h"

#include <pthread.h>

#include <future>
#include <map>
#include <utility>

#include "base/log.h"
#include "script/sound.h"

namespace host::app {

using base::Result;

// With two decimals.
static std::string milliseconds(std::uint64_t ns) {
  std::uint64_t hundredths = (ns + 5000) / 10000;
  std::string text = std::to_string(hundredths / 100) + ".00";
  text[text.size() - 2] = static_cast<char>('0' + hundredths / 10 % 10);
  text[text.size() - 1] = static_cast<char>('0' + hundredths % 10);
  return text;
}

// Members are destroyed in reverse order: the server first, so that no request is left
// when the generations go, and the services last.
struct Lane::Thread {
  explicit Thread(Lane& lane) : lane(lane), deadlines(lane.loop_) {}

  // On any thread: what a generation is given here is used when a task runs, not before.
  Result<std::unique_ptr<script::Generation>> build(const script::ScriptSet& scripts, std::uint64_t number,
                                                    std::vector<script::Problem>* problems) {
    script::Setup setup;
    setup.loop = &lane.loop_;
    setup.deadlines = &deadlines;
    setup.limits = lane.settings_.script_limits;
    setup.watchdog = lane.settings_.watchdog;
    setup.stops = lane.settings_.stops;
    setup.lane = lane.settings_.index;
    setup.about = lane.settings_.about;
    setup.open_modules = [this](lua_State* L) { services->open_modules(L); };
    return script::Generation::build(scripts, number, std::move(setup), problems);
  }

  Result<Catalog> begin(std::shared_ptr<const script::ScriptSet> scripts, std::uint64_t number) {
    TRY(script::Sound sound, script::build_sound(std::move(scripts), [&](const auto& set, auto& problems) {
          return build(set, number, &problems);
        }));
    current = std::move(sound.generation);
    server = std::make_unique<http::Server>(
        lane.loop_, lane.settings_.limits,
        [this](http::Request&& request, http::Respond&& respond) {
          return handle(std::move(request), std::move(respond));
        },
        [this](const http::Finished& done) { finished(done); }, lane.settings_.ledger);
    server->when_refused([this](http::Request request, http::Respond respond) {
      return current->refuse(std::move(request), std::move(respond));
    });
    TRY_VOID(listen());
    heartbeat = std::make_unique<loop::Timer>(lane.loop_, [this] { lane.note(); });
    heartbeat->start(500, 500);
    lane.note();
    return Catalog{current->routes(), current->jobs(), std::move(sound.scripts)};
  }

  Result<void> listen() {
    http::Server& http = *server;
    const http::TlsFiles* tls =
        lane.settings_.tls.certificate.empty() ? nullptr : &lane.settings_.tls;
    for (const loop::Address& address : lane.settings_.listen) {
      TRY(std::uint16_t port, http.listen(address, lane.settings_.share_port, tls));
      lane.ports_.push_back(port);
    }
    for (int descriptor : lane.settings_.unix_descriptors) {
      TRY_VOID(http.listen_descriptor(descriptor));
    }
    return {};
  }

  loop::Pending handle(http::Request&& request, http::Respond&& respond) {
    if (auto page = lane.settings_.own_page(request)) {
      respond(std::move(*page));
      return {};
    }
    return current->handle(std::move(request), std::move(respond));
  }

  void finished(const http::Finished& done) {
    lane.metrics_.request(done.route.empty() ? "transport" : done.route, done.status,
                          done.duration_ns, done.bytes, done.aborted);
    ++requests;
    if (!lane.settings_.access_log) return;
    // The query is left out: keys travel in it.
    base::log::info("http", done.method.empty() ? "-" : done.method,
                    {{"path", done.path},
                     {"status", done.status},
                     {"bytes", done.bytes},
                     {"ms", milliseconds(done.duration_ns)},
                     {"peer", done.peer},
                     {"route", done.route},
                     {"note", done.note},
                     {"id", done.id}});
  }

  void retire(std::unique_ptr<script::Generation> old) {
    std::uint64_t number = old->number();
    script::Generation& kept = *old;
    draining[number] = std::move(old);
    // Told on a later turn, never inside one of the old generation's own calls.
    kept.when_idle([this, number] {
      draining.erase(number);
      lane.note();
    });
  }

  Lane& lane;
  loop::Deadlines deadlines;
  std::unique_ptr<LaneServices> services;
  std::map<std::uint64_t, std::unique_ptr<script::Generation>> draining;
  std::unique_ptr<script::Generation> current;
  std::map<std::uint64_t, loop::Pending> running_jobs;
  std::uint64_t next_job = 0;
  std::unique_ptr<http::Server> server;
  std::unique_ptr<loop::Timer> heartbeat;
  std::uint64_t requests = 0;
};

Lane::Lane(LaneSettings settings) : settings_(std::move(settings)) {}

Lane::~Lane() {
  if (!thread_.joinable()) return;
  loop_.post([this] {
    inside_.reset();
    loop_.stop();
  });
  thread_.join();
}

void Lane::clear() {
  if (!thread_.joinable()) return;
  std::promise<void> cleared;
  loop_.post([this, &cleared] {
    inside_.reset();
    cleared.set_value();
  });
  cleared.get_future().wait();
}

Result<Lane::Catalog> Lane::start(std::shared_ptr<const script::ScriptSet> scripts,
                                  std::uint64_t number) {
  std::promise<Result<Catalog>> promise;
  auto outcome = promise.get_future();
  loop_.post([this, scripts, number, &promise] {
    inside_ = std::make_unique<Thread>(*this);
    inside_->services = settings_.make_services(loop_, inside_->deadlines);
    promise.set_value(inside_->begin(scripts, number));
  });
  thread_ = std::thread([this] {
    std::string name = "lane-" + std::to_string(settings_.index);
    pthread_setname_np(pthread_self(), name.c_str());
    base::log::hold_lines();
    loop_.at_turn_end([] { base::log::flush(); });
    loop_.run();
  });
  return outcome.get();
}

void Lane::note() {
  std::lock_guard lock(mutex_);
  status_.generation = inside_->current->number();
  status_.connections = inside_->server ? inside_->server->connections() : 0;
  status_.tasks = inside_->current->tasks();
  status_.draining = inside_->draining.size();
  status_.lua_bytes = inside_->current->memory();
  status_.requests = inside_->requests;
}

Result<std::unique_ptr<script::Generation>> Lane::build(const script::ScriptSet& scripts, std::uint64_t number,
                                                        std::vector<script::Problem>* problems) {
  return inside_->build(scripts, number, problems);
}

void Lane::publish(std::unique_ptr<script::Generation> generation) {
  loop_.post([this, generation = std::move(generation)]() mutable {
    auto old = std::exchange(inside_->current, std::move(generation));
    inside_->retire(std::move(old));
    note();
  });
}

void Lane::renew(http::TlsFiles files) {
  loop_.post([this, files = std::move(files)] {
    if (!inside_ || !inside_->server) return;
    if (auto renewed = inside_->server->renew(files); !renewed) {
      base::log::error("http", "certificates were not renewed", {{"reason", renewed.error().message}});
    }
  });
}

void Lane::leave() {
  loop_.post([this] { inside_->server->leave(); });
}

void Lane::drain(std::uint64_t limit_ms, loop::Loop& reply_loop, base::Function<void()> done) {
  loop_.post([this, limit_ms, &reply_loop, done = std::move(done)]() mutable {
    inside_->server->drain(limit_ms, [&reply_loop, done = std::move(done)]() mutable {
      reply_loop.post(std::move(done));
    });
  });
}

void Lane::run_job(std::string name, std::shared_ptr<const script::JobEvents> events, loop::Loop& reply_loop,
                   base::Function<void(Result<void>)> done) {
  loop_.post([this, name = std::move(name), events = std::move(events), &reply_loop,
              done = std::make_shared<base::Function<void(Result<void>)>>(std::move(done))]() mutable {
    if (!inside_) return;  // the lane is at its end
    std::uint64_t number = ++inside_->next_job;
    auto ended = [this, number, &reply_loop, done](Result<void> outcome) {
      // Not inside the job's own call: the Pending dies here.
      loop_.post([this, number] {
        if (inside_) inside_->running_jobs.erase(number);
      });
      reply_loop.post([done, outcome = std::move(outcome)]() mutable { (*done)(std::move(outcome)); });
    };
    inside_->running_jobs[number] = inside_->current->run_job(name, std::move(events), std::move(ended));
  });
}

Lane::Status Lane::status_now() {
  std::promise<void> noted;
  loop_.post([this, &noted] {
    note();
    noted.set_value();
  });
  noted.get_future().wait();
  return status();
}

Lane::Status Lane::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

}  // namespace host::app
