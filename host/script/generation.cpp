#include "script/generation.h"

#include <lua.hpp>

#include "base/log.h"
#include "script/loader.h"
#include "script/sandbox.h"
#include "script/task_state.h"

namespace host::script {

using base::Result;

// To read such a body costs its script tens of milliseconds that nothing interrupts. Ten that came
// together would make the lane's others wait for all of them.
static constexpr std::size_t large_body = 256 * 1024;

namespace {
// What http/ holds of a request: dropped when the client is gone.
class ClientOperation final : public loop::Operation {
 public:
  explicit ClientOperation(std::weak_ptr<Task> task) : task_(std::move(task)) {}
  ~ClientOperation() override {
    if (auto task = task_.lock()) Task::inside(*task)->client_gone();
  }

 private:
  std::weak_ptr<Task> task_;
};
}  // namespace

Result<std::unique_ptr<Generation>> Generation::build(const ScriptSet& scripts,
                                                      std::uint64_t number, Setup setup,
                                                      std::vector<Problem>* problems) {
  std::vector<Problem> found;
  auto state = std::make_unique<State>();
  state->number = number;
  state->setup = std::move(setup);
  state->runtime =
      std::make_unique<Runtime>(state->setup.limits.memory_bytes, state->setup.watchdog,
                                "lane " + std::to_string(state->setup.lane));
  auto opened = guarded(state->runtime->state(), [&](lua_State* L) {
    open_sandbox(L);
    open_globals(L, *state);
    if (state->setup.open_modules) state->setup.open_modules(L);
  });
  if (opened) {
    Loader(*state, scripts, found).run();
  } else {
    found.push_back({"", opened.error().message});
  }
  if (problems) *problems = found;
  if (!found.empty()) return base::invalid(found.front().message);
  state->runtime->loading = false;
  state->runtime->collect();
  return std::unique_ptr<Generation>(new Generation(std::move(state)));
}

Generation::Generation(std::unique_ptr<State> state) : state_(std::move(state)) {}

Generation::~Generation() {
  CHECK(state_->runtime->running == nullptr);
  state_->idle = nullptr;
  while (!state_->live.empty()) {
    auto task = state_->live.back();
    Task::inside(*task)->abandon();
  }
}

static http::Response answer_options(const Cors& cors) {
  http::Response response;
  response.status = 204;
  response.set("Access-Control-Allow-Methods", cors.methods);
  response.set("Access-Control-Allow-Headers", cors.headers);
  response.set("Access-Control-Max-Age", "86400");
  return response;
}

// "//rest//users" is the same place as "/rest/users".
static void squeeze_slashes(std::string& path) {
  if (path.find("//") == std::string::npos) return;
  std::string squeezed;
  for (char c : path) {
    if (c != '/' || squeezed.empty() || squeezed.back() != '/') squeezed += c;
  }
  path = std::move(squeezed);
}

loop::Pending Generation::handle(http::Request&& request, http::Respond&& respond) {
  State& state = *state_;
  squeeze_slashes(request.path);
  const Mount* mount = find_mount(state.mounts, request.path);
  if (!mount) {
    http::Response response = plain_failure(404, "not_found", "There is nothing at this address.");
    response.route = "none";
    respond(std::move(response));
    return {};
  }

  auto owned = std::make_unique<Task::State>(state, *state.runtime);
  Task::State& inside = *owned;
  inside.mount = mount;
  const Surface& surface = *mount->surface;
  if (request.method == "OPTIONS" && surface.cors) {
    http::Response response = answer_options(*surface.cors);
    response.route = surface.name + "/options";
    inside.set_cors(response);
    respond(std::move(response));
    return {};
  }
  if (state.live.size() >= state.setup.limits.tasks) {
    http::Response response = plain_failure(base::unavailable(""));
    response.route = surface.name;
    inside.set_cors(response);
    respond(std::move(response));
    return {};
  }

  inside.request = std::move(request);
  inside.respond = std::move(respond);
  if (!surface.verbs.empty()) {
    Router::Match match;
    std::string_view below = inside.request.path;
    surface.router.find(inside.request.method, below.substr(mount->prefix.size()), match);
    if (match.target >= 0) {
      inside.verb = &surface.verbs[static_cast<std::size_t>(match.target)];
      for (std::size_t i = 0; i < match.count; ++i) {
        inside.arguments.emplace_back(match.arguments[i]);
      }
    } else {
      for (std::string_view method : match.allowed) inside.allowed.emplace_back(method);
    }
  }
  return state.begin(std::move(owned));
}

loop::Pending Generation::refuse(http::Request request, http::Respond respond) {
  State& state = *state_;
  squeeze_slashes(request.path);
  auto owned = std::make_unique<Task::State>(state, *state.runtime);
  owned->mount = find_mount(state.mounts, request.path);
  bool worded = owned->mount && owned->mount->surface->failed != LUA_NOREF;
  if (!worded || state.live.size() >= state.setup.limits.tasks) {
    http::Response response = plain_failure(request.refusal.status, http::code_word(request.refusal.status),
                                            request.refusal.reason);
    owned->set_cors(response);
    respond(std::move(response));
    return {};
  }
  owned->request = std::move(request);
  owned->respond = std::move(respond);
  return state.begin(std::move(owned));
}

loop::Pending Generation::State::begin(std::unique_ptr<Task::State> owned) {
  Task::State& inside = *owned;
  inside.deadline = setup.loop->now_ms() + setup.limits.request_ms;
  auto task = std::make_shared<Task>(std::move(owned));
  inside.self = task;
  inside.task = task.get();
  keep(task);
  if (inside.request.body.size() >= large_body) {
    large.push_back(task);
    if (!large_call) start_large();
    return loop::Pending(std::make_unique<ClientOperation>(task));
  }
  inside.start_request();
  if (inside.over) return {};
  return loop::Pending(std::make_unique<ClientOperation>(task));
}

void Generation::State::start_large() {
  large_call = setup.loop->later([this]() noexcept {
    large_call = {};
    auto next = large.front().lock();
    large.pop_front();
    if (!large.empty()) start_large();
    if (next && !Task::inside(*next)->over) Task::inside(*next)->start_request();
  });
}

loop::Pending Generation::run_job(std::string_view name, std::shared_ptr<const JobEvents> events, Done done) {
  State& state = *state_;
  for (std::size_t i = 0; i < state.jobs.size(); ++i) {
    if (state.jobs[i].name != name) continue;
    auto owned = std::make_unique<Task::State>(state, *state.runtime);
    Task::State& inside = *owned;
    inside.job = name;
    inside.request.id = "job-" + std::string(name);
    inside.done = std::move(done);
    inside.scope.known = inside.scope.everything = true;
    inside.term = events ? events->term : 0;
    inside.deadline = state.setup.loop->now_ms() + state.setup.limits.job_ms;
    auto task = std::make_shared<Task>(std::move(owned));
    inside.self = task;
    inside.task = task.get();
    state.keep(task);
    // On a later turn, so that `done` never runs before this call has returned.
    inside.timer = state.setup.loop->later(
        [weak = std::weak_ptr<Task>(task), events = std::move(events),
         function = state.job_functions[i]]() noexcept {
          auto started = weak.lock();
          if (!started) return;
          Task::inside(*started)->timer = {};
          Task::inside(*started)->start_job(events ? *events : JobEvents(), function);
        });
    return loop::Pending(std::make_unique<ClientOperation>(task));
  }
  auto call = std::make_shared<Done>(std::move(done));
  return state.setup.loop->later([call, name = std::string(name)] {
    (*call)(base::not_found("no job '" + name + "'"));
  });
}

void Generation::when_idle(base::Function<void()> idle) {
  state_->idle = std::move(idle);
  if (state_->live.empty()) state_->tell_idle();
}

std::uint64_t Generation::number() const noexcept { return state_->number; }
std::size_t Generation::tasks() const noexcept { return state_->live.size(); }
std::size_t Generation::memory() const noexcept { return state_->runtime->memory(); }
const std::vector<RouteInfo>& Generation::routes() const noexcept { return state_->routes; }
const std::vector<JobInfo>& Generation::jobs() const noexcept { return state_->jobs; }

void Generation::State::keep(std::shared_ptr<Task> task) {
  Task::inside(*task)->index = live.size();
  live.push_back(std::move(task));
}

void Generation::State::forget(Task::State& task) {
  live[task.index] = std::move(live.back());
  Task::inside(*live[task.index])->index = task.index;
  live.pop_back();
  if (live.empty() && idle) tell_idle();
}

void Generation::State::tell_idle() {
  // The callback destroys this generation, and with it the Pending it runs under.
  idle_call = setup.loop->later([call = std::make_shared<base::Function<void()>>(std::move(idle))] {
    (*call)();
  });
  idle = nullptr;
}

}  // namespace host::script
