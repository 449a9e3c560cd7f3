#include "script/task.h"

#include <algorithm>
#include <lua.hpp>

#include "base/log.h"
#include "script/body.h"
#include "script/declare.h"
#include "script/push.h"
#include "script/report.h"
#include "script/task_state.h"

namespace host::script {

static constexpr std::size_t most_children = 256;
static constexpr int most_results = 16;
static constexpr std::uint64_t failing_ms = 2'000;

Task::Task(std::unique_ptr<State> state) : state_(std::move(state)) {}
Task::~Task() = default;

Task* Task::current(lua_State* L) noexcept {
  Runtime* runtime = find_runtime(L);
  if (!runtime || !runtime->running) return nullptr;
  // A coroutine that the task does not know would yield to its maker, not to the host.
  return runtime->strand->routine.thread == L ? runtime->running : nullptr;
}

static bool belongs_to_transaction(std::string_view what) {
  return what.starts_with("tx:") || what.starts_with("tx.") || what.starts_with("Transaction") ||
         what.starts_with("transaction") || what.starts_with("store.transaction");
}

Task& Task::require(lua_State* L, const char* what) {
  Task* task = current(L);
  if (!task) {
    Runtime* runtime = find_runtime(L);
    if (runtime && runtime->loading) luaL_error(L, "%s cannot be called while scripts load", what);
    luaL_error(L, "%s can only be called in a handler or job", what);
  }
  if (task->in_transaction() && !belongs_to_transaction(what)) {
    luaL_error(L, "%s cannot be called inside store.transaction", what);
  }
  return *task;
}

Task::Resumer Task::resumer() {
  Strand& strand = *state_->runtime.strand;
  if (!lua_isyieldable(strand.routine.thread)) {
    luaL_error(strand.routine.thread, "cannot wait inside a callback of table.sort or string.gsub");
  }
  strand.turn = ++state_->turns;
  return Resumer(state_->self, strand.turn);
}

void Task::Resumer::operator()(Push push) const {
  if (auto task = task_.lock()) task->state_->wake(turn_, std::move(push));
}

int Task::suspend(loop::Pending pending) {
  Strand& strand = *state_->runtime.strand;
  strand.pending = std::move(pending);
  strand.suspended = true;
  return lua_yield(strand.routine.thread, 0);
}

int Task::all(lua_State* L) { return state_->all(L); }
void Task::commit() noexcept { state_->committed = true; }

std::uint64_t Task::deadline_ms() const noexcept { return state_->deadline; }
std::uint64_t Task::remaining_ms() const noexcept {
  std::uint64_t now = state_->generation.setup.loop->now_ms();
  return state_->deadline > now ? state_->deadline - now : 0;
}

void Task::allow(std::uint64_t ms) {
  state_->deadline = std::max(state_->deadline, state_->generation.setup.loop->now_ms() + ms);
  state_->timer = {};  // armed anew when it waits
}

void Task::keep(const std::string& name, std::shared_ptr<void> something) {
  let_go(name);
  state_->kept.emplace_back(name, std::move(something));
}
std::shared_ptr<void> Task::kept(const std::string& name) const {
  for (const auto& it : state_->kept) {
    if (it.first == name) return it.second;
  }
  return nullptr;
}
void Task::let_go(const std::string& name) {
  std::erase_if(state_->kept, [&](const auto& it) { return it.first == name; });
}

Scope& Task::scope() noexcept { return state_->scope; }
std::uint64_t Task::generation() const noexcept { return state_->generation.number; }
const std::string& Task::request_id() const noexcept { return state_->request.id; }
Task::Lease Task::lease() const noexcept { return {state_->job, state_->term}; }
void Task::enter_transaction(base::Function<void()> abandon) {
  state_->runtime.strand->transaction = std::move(abandon);
}
void Task::leave_transaction() noexcept { state_->runtime.strand->transaction = nullptr; }
bool Task::in_transaction() const noexcept { return static_cast<bool>(state_->runtime.strand->transaction); }

std::string Task::State::name() const {
  if (!job.empty()) return "job " + job;
  if (verb) return verb->label;
  if (!mount) return "request";
  // Where the surface found the route itself, `req` tells.
  std::string label = mount->surface->name;
  if (main.routine.request == LUA_NOREF) return label;
  auto read = [&](lua_State* L) {
    int top = lua_gettop(L);
    luaL_checkstack(L, 6, "label");
    lua_rawgeti(L, LUA_REGISTRYINDEX, main.routine.request);
    if (lua_istable(L, -1)) {
      lua_pushliteral(L, "route");
      lua_rawget(L, top + 1);
      if (lua_istable(L, -1)) {
        std::string file = text_field(L, top + 2, "file"), action = text_field(L, top + 1, "action");
        if (file.ends_with(".lua") && !action.empty()) label = file.substr(0, file.size() - 4) + "." + action;
      }
    }
    lua_settop(L, top);
  };
  // The main state must not run below a coroutine.
  if (runtime.running) {
    read(runtime.strand->routine.thread);
  } else if (auto done = guarded(runtime.state(), read); !done) {
    return mount->surface->name;
  }
  return label;
}

// The coroutine gets the entry function and the function it is to call.
void Task::State::launch(int entry, int function) {
  auto routine = runtime.acquire();
  if (!routine) return fail(routine.error(), "");
  int request_slot = main.routine.request;
  main = Strand();
  main.routine = *routine;
  lua_State* co = main.routine.thread;
  if (request_slot != LUA_NOREF) {
    // The new coroutine takes over the `req` table of the one that failed.
    lua_rawgeti(co, LUA_REGISTRYINDEX, request_slot);
    lua_rawseti(co, LUA_REGISTRYINDEX, main.routine.request);
    luaL_unref(co, LUA_REGISTRYINDEX, request_slot);
  }
  lua_rawgeti(co, LUA_REGISTRYINDEX, entry);
  main.arguments = 0;
  if (function != LUA_NOREF) {
    lua_rawgeti(co, LUA_REGISTRYINDEX, function);
    main.arguments = 1;
  }
  ready.push_back(&main);
}

// The caller keeps the task alive.
void Task::State::start_request() {
  if (request.refusal) {
    failing = true;
    launch(runtime.entries.failed, mount->surface->failed);
  } else {
    launch(runtime.entries.handle, mount->surface->handle);
  }
  pump();
}

// The events as a list of tables; the first of equal headers counts, as in replies.
static void push_events(lua_State* L, const JobEvents& events) {
  lua_createtable(L, static_cast<int>(events.events.size()), 0);
  int next = 1;
  for (const JobEvent& event : events.events) {
    lua_createtable(L, 0, static_cast<int>(event.fields.size()));
    for (auto field = event.fields.rbegin(); field != event.fields.rend(); ++field) {
      push_string(L, field->first);
      push_string(L, field->second);
      lua_rawset(L, -3);
    }
    lua_rawseti(L, -2, next++);
  }
  lua_pushnumber(L, static_cast<double>(events.lost));
}

void Task::State::start_job(const JobEvents& events, int function) {
  auto keep = self.lock();
  launch(function, LUA_NOREF);
  if (!over && main.routine.thread) {
    auto pushed = guarded(runtime.state(), [&](lua_State* L) {
      push_events(L, events);
      lua_xmove(L, main.routine.thread, 2);
    });
    if (pushed) {
      main.arguments = 2;
    } else {
      fail(pushed.error(), "");
    }
  }
  pump();
}

void Task::State::rest() {
  resting = generation.setup.loop->later([weak = self]() noexcept {
    auto task = weak.lock();
    if (!task) return;
    Task::inside(*task)->resting = {};
    Task::inside(*task)->pump();
  });
}

// Whoever calls this holds a reference: the generation may let go of the task in it.
void Task::State::pump() {
  // However many children it has, a task gets one slice in a turn of the loop.
  const std::uint64_t started = monotonic_ns();
  while (!over && !resting && next_ready < ready.size()) {
    resume(*ready[next_ready++]);
    bool more = !over && !groups.empty();
    if (more && monotonic_ns() - started >= generation.setup.limits.slice_ms * 1'000'000u) rest();
  }
  if (over) return conclude();
  if (next_ready == ready.size()) {
    ready.clear();
    next_ready = 0;
  }
  if (timer) return;
  // Armed only for a task that waits: most never do.
  std::uint64_t now = generation.setup.loop->now_ms();
  timer = generation.setup.deadlines->after(deadline > now ? deadline - now : 1,
                                            [weak = self]() noexcept {
                                              if (auto task = weak.lock()) task->state_->expire();
                                            });
}

void Task::State::resume(Strand& strand) {
  lua_State* co = strand.routine.thread;
  const Limits& limits = generation.setup.limits;
  runtime.running = task;
  runtime.strand = &strand;
  std::uint64_t budget_ns = limits.run_ms * 1'000'000u;
  runtime.slot().enter(budget_ns > strand.used_ns ? budget_ns - strand.used_ns : 0,
                       limits.slice_ms * 1'000'000u, limits.hold_ms * 1'000'000u);
  int status = lua_resume(co, strand.arguments);
  bool sliced = std::exchange(runtime.sliced, false) && status == LUA_YIELD && !runtime.killed;
  if (sliced) strand.used_ns += runtime.slot().used_ns();
  std::uint64_t held_ms = strand.held_ms + runtime.slot().leave() / 1'000'000u;
  runtime.running = nullptr;
  runtime.strand = nullptr;
  if (lua_gethookmask(co) != 0) runtime.slot().disarm();
  strand.held_ms = sliced ? held_ms : 0;
  if (sliced) return go_on_later(strand);
  strand.used_ns = 0;
  if (held_ms > limits.slow_ms) {
    base::log::warn("script", fmt::format("handler {} ran {} ms without a wait", name(), held_ms),
                    {{"id", request.id}});
  }

  if (runtime.killed) {
    runtime.killed = false;
    ++(runtime.held ? generation.setup.stops->hold : generation.setup.stops->budget);
    runtime.callback_depth = 0;
    fail({base::Code::timeout, "stopped after " + std::to_string(held_ms) + " ms of Lua " +
                                   (runtime.held ? "in a callback, " : "") + "at " + runtime.killed_at},
         "");
  } else if (status == LUA_YIELD) {
    if (!strand.suspended) fail(base::internal("a coroutine yielded by itself"), "");
  } else if (status == 0) {
    strand_ended(strand);
  } else {
    std::string trace, told;
    if (lua_istable(co, -1)) {
      // error { code = ..., message = ... }: its message is what the log is about.
      auto read = guarded(runtime.state(), [&](lua_State* L) {
        lua_pushvalue(co, -1);
        lua_xmove(co, L, 1);
        lua_pushliteral(L, "message");
        lua_rawget(L, -2);
        if (lua_type(L, -1) == LUA_TSTRING) told = lua_tostring(L, -1);
      });
      if (!read) told.clear();
    }
    base::Error error = lua_failure(co, status);
    if (!told.empty()) error.message = std::move(told);
    if (status == LUA_ERRMEM) {
      // What used it all is still on the stack: a place costs no memory, a trace would.
      error = base::internal("out of memory at " + place(co));
    } else {
      auto traced = guarded(runtime.state(), [&](lua_State* L) {
        luaL_traceback(L, co, nullptr, 0);
        std::size_t length = 0;
        const char* text = lua_tolstring(L, -1, &length);
        trace.assign(text, length);
      });
      if (!traced) trace = "no traceback";
    }
    fail(std::move(error), trace, status == LUA_ERRMEM);
  }
}

// It was interrupted for the others of the lane: they are looked at first.
void Task::State::go_on_later(Strand& strand) {
  strand.suspended = true;
  strand.turn = ++turns;
  strand.pending = generation.setup.loop->later([resumer = Resumer(self, strand.turn)] {
    resumer([](lua_State*) { return 0; });
  });
}

void Task::State::strand_ended(Strand& strand) {
  if (strand.group) {
    if (--strand.group->left == 0) complete(*strand.group);
    return;
  }
  if (!job.empty()) {
    answered = read_outcome();
  } else if (!answered) {
    return fail(base::internal("the surface gave no response"), "");
  }
  over = true;
}

// A job that returns nil and an error has failed.
bool Task::State::read_outcome() {
  lua_State* co = main.routine.thread;
  if (lua_gettop(co) < 2 || !lua_isnil(co, 1) || lua_isnil(co, 2)) return true;
  failure = base::unavailable("the job failed");
  auto read = guarded(runtime.state(), [&](lua_State* L) {
    lua_pushvalue(co, 2);
    lua_xmove(co, L, 1);
    if (lua_istable(L, -1)) {
      lua_pushliteral(L, "message");
      lua_rawget(L, -2);
    }
    if (lua_type(L, -1) == LUA_TSTRING) failure.message = lua_tostring(L, -1);
  });
  if (!read) failure = read.error();
  return false;
}

// All children of a task.all have ended: their results are on their own stacks.
void Task::State::complete(Group& group) {
  Strand& parent = *group.parent;
  lua_State* to = parent.routine.thread;
  auto made = guarded(runtime.state(), [&](lua_State* L) {
    lua_createtable(L, static_cast<int>(group.children.size()), 0);
    int index = 0;
    for (auto& child : group.children) {
      lua_State* co = child->routine.thread;
      lua_settop(co, 2);
      lua_createtable(L, 0, 2);
      lua_xmove(co, L, 2);
      lua_setfield(L, -3, "err");
      lua_setfield(L, -2, "value");
      lua_rawseti(L, -2, ++index);
    }
    lua_xmove(L, to, 1);
  });
  if (!made) return fail(made.error(), "");
  for (auto& child : group.children) runtime.release(child->routine, true);
  children -= group.children.size();
  parent.suspended = false;
  parent.arguments = 1;
  ready.push_back(&parent);
  std::erase_if(groups, [&](const auto& it) { return it.get() == &group; });
}

namespace {
// A group whose making may still fail with a Lua error.
struct Unborn {
  explicit Unborn(Runtime& runtime) : runtime(runtime), group(std::make_unique<Group>()) {}
  ~Unborn() {
    if (!group) return;
    for (auto& child : group->children) runtime.release(child->routine, true);
  }
  Unborn(const Unborn&) = delete;
  Unborn& operator=(const Unborn&) = delete;
  Runtime& runtime;
  std::unique_ptr<Group> group;
};
}  // namespace

int Task::State::all(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  auto count = static_cast<std::size_t>(lua_objlen(L, 1));
  for (std::size_t i = 1; i <= count; ++i) {
    lua_rawgeti(L, 1, static_cast<int>(i));
    if (!lua_isfunction(L, -1)) {
      return luaL_error(L, "task.all: item %d is not a function", static_cast<int>(i));
    }
    lua_pop(L, 1);
  }
  if (count == 0) {
    lua_createtable(L, 0, 0);
    return 1;
  }
  if (children + count > most_children) {
    return luaL_error(L, "task.all: more than %d at once", static_cast<int>(most_children));
  }
  if (!lua_isyieldable(L)) {
    return luaL_error(L, "cannot wait inside a callback of table.sort or string.gsub");
  }

  Unborn unborn(runtime);
  for (std::size_t i = 0; i < count; ++i) {
    auto child = std::make_unique<Strand>();
    // On the running state: without memory it raises, and the script sees the error.
    child->routine = runtime.acquire_from(L);
    child->group = unborn.group.get();
    unborn.group->children.push_back(std::move(child));
  }
  std::unique_ptr<Group> group = std::move(unborn.group);
  group->parent = runtime.strand;
  group->left = count;
  for (std::size_t i = 0; i < count; ++i) {
    lua_rawgeti(L, 1, static_cast<int>(i + 1));
    lua_xmove(L, group->children[i]->routine.thread, 1);
    ready.push_back(group->children[i].get());
  }
  children += count;
  runtime.strand->suspended = true;
  runtime.strand->turn = ++turns;  // no older Resumer may wake it
  groups.push_back(std::move(group));
  return lua_yield(L, 0);
}

void Task::State::wake(std::uint64_t turn, Push push) {
  if (over) return;
  if (runtime.running) {
    // Somebody called back during a script's own call: run it when that has ended.
    generation.setup.loop->post([resumer = Resumer(self, turn), push = std::move(push)]() mutable {
      resumer(std::move(push));
    });
    return;
  }
  Strand* strand = nullptr;
  if (main.suspended && main.turn == turn) strand = &main;
  for (auto& group : groups) {
    for (auto& child : group->children) {
      if (child->suspended && child->turn == turn) strand = child.get();
    }
  }
  if (!strand) return;
  auto keep = self.lock();
  // Destroyed when everything is done: our caller may be inside it.
  loop::Pending finished = std::move(strand->pending);
  strand->pending = {};
  strand->suspended = false;
  runtime.strand = strand;  // whose results are pushed
  auto pushed = guarded(runtime.state(), [&](lua_State* L) {
    strand->arguments = push(L);
    // That many a suspended coroutine always has room for; growing it could raise in it.
    if (strand->arguments > most_results) luaL_error(L, "too many results");
    lua_xmove(L, strand->routine.thread, strand->arguments);
  });
  runtime.strand = nullptr;
  if (pushed) {
    ready.push_back(strand);
  } else {
    fail(pushed.error(), "");
  }
  pump();
}

void Task::State::discard_strands(bool clean) noexcept {
  ready.clear();
  next_ready = 0;
  resting = {};
  // A transaction goes after its strand's wait, which may be a step of it.
  for (auto& group : groups) {
    for (auto& child : group->children) {
      child->pending = {};
      if (child->transaction) child->transaction();
      runtime.release(child->routine, false);
    }
  }
  groups.clear();
  children = 0;
  main.pending = {};
  runtime.release(main.routine, clean);
  main.routine = {};
  main.suspended = false;
  kept.clear();
  if (auto abandoned = std::exchange(main.transaction, nullptr)) abandoned();
}

void Task::State::fail(base::Error error, const std::string& trace, bool out_of_memory) {
  using base::Code;
  bool memory = out_of_memory || error.code == Code::unavailable;
  if (!job.empty()) {
    // Told by whoever runs it: one that fails again and again is not news each time.
    if (!trace.empty()) error.message += "\n" + trace;
  } else if (error.code == Code::timeout) {
    base::log::warn("script", error.message, {{"handler", name()}, {"id", request.id}});
  } else {
    base::log::error("script", error.message,
                     {{"handler", name()}, {"id", request.id}, {"trace", trace}});
  }
  discard_body(std::exchange(response.body, std::string()));
  response = {};
  answered = false;

  auto surface = mount ? mount->surface : nullptr;
  bool ask = surface && surface->failed != LUA_NOREF && !failing && respond;
  // Everything but the table of the request goes; the surface may look at that.
  int request_slot = main.routine.request;
  if (ask && request_slot != LUA_NOREF) main.routine.request = LUA_NOREF;
  discard_strands(false);
  if (memory) {
    ++generation.setup.stops->memory;
    runtime.collect();
  }

  if (!ask) {
    if (!job.empty()) {
      failure = std::move(error);
    } else {
      response = plain_failure(error);
      response.route = name();
    }
    over = true;
    return;
  }
  failing = true;
  failure = plain_error(error);
  deadline = generation.setup.loop->now_ms() + failing_ms;
  timer = {};
  main.routine.request = request_slot;
  launch(runtime.entries.failed, surface->failed);
}

void Task::State::conclude() {
  auto reply = std::move(respond);
  respond = nullptr;
  auto finished = std::move(done);
  done = nullptr;
  timer = {};
  discard_strands(answered && groups.empty());
  runtime.relieve();
  http::Response answer = std::move(response);
  base::Result<void> outcome;
  if (!answered) outcome = failure;
  generation.forget(*this);
  if (reply) {
    set_cors(answer);
    reply(std::move(answer));
  } else {
    discard_body(std::move(answer.body));
  }
  if (finished) finished(std::move(outcome));
}

// A change is not cut in half. Where the surface found the route itself, `req` tells.
bool Task::State::may_drop() {
  if (committed) return false;
  std::string access;
  if (verb) {
    access = verb->access;
  } else {
    auto read = guarded(runtime.state(), [&](lua_State* L) {
      auto field = [&](const char* key) {
        if (!lua_istable(L, -1)) return;
        lua_pushstring(L, key);
        lua_rawget(L, -2);
      };
      lua_rawgeti(L, LUA_REGISTRYINDEX, main.routine.request);
      int request_table = lua_gettop(L);
      field("route");
      field("actions");
      if (!lua_istable(L, -1)) return;
      lua_pushliteral(L, "action");
      lua_rawget(L, request_table);
      if (lua_type(L, -1) != LUA_TSTRING) return;
      lua_rawget(L, -2);
      field("access");
      if (const char* text = lua_tostring(L, -1)) access = text;
    });
    if (!read) return false;
  }
  return access == "read" || access == "public";
}

void Task::State::client_gone() {
  if (over) return;
  auto keep = self.lock();
  respond = nullptr;
  // Jobs are dropped by whoever started them; a running script ends its own way.
  if (runtime.running || (job.empty() && !may_drop())) return;
  over = true;
  done = nullptr;
  conclude();
}

void Task::State::expire() {
  if (over) return;
  auto keep = self.lock();
  ++generation.setup.stops->deadline;
  fail({base::Code::timeout, "the deadline passed while it waited"}, "");
  pump();
}

void Task::State::abandon() {
  auto keep = self.lock();
  over = true;
  discard_body(std::exchange(response.body, std::string()));
  response = plain_failure(base::unavailable(""));
  response.route = name();
  answered = false;
  failure = base::unavailable("the generation was closed");
  conclude();
}

}  // namespace host::script
