// The inside of Task and Generation, for the files of this folder.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "script/generation.h"
#include "script/runtime.h"
#include "script/surface.h"
#include "script/task.h"

namespace host::script {

struct Group;

// One coroutine of a task: its own, or a child of task.all.
struct Strand {
  Coroutine routine;
  bool suspended = false;
  int arguments = 0;       // on the coroutine's stack, for the next resume
  std::uint64_t turn = 0;  // which wait a Resumer may end
  loop::Pending pending;
  std::uint64_t used_ns = 0;  // processor time in the slices since its last wait
  std::uint64_t held_ms = 0;  // the same by the clock on the wall
  Group* group = nullptr;  // a child's
  base::Function<void()> transaction;  // gives its open one up; empty: there is none
};

// One call of task.all.
struct Group {
  Strand* parent = nullptr;
  std::uint64_t turn = 0;
  std::vector<std::unique_ptr<Strand>> children;
  std::size_t left = 0;
};

struct Task::State {
  State(Generation::State& generation, Runtime& runtime) : generation(generation), runtime(runtime) {
    static_assert(sizeof(State) <= 1032, "made for each request, and malloc has only such blocks at hand");
  }

  void start_request();
  void start_job(const JobEvents& events, int function);
  void wake(std::uint64_t turn, Push push);
  int all(lua_State* L);
  void client_gone();
  void expire();
  void abandon();  // the generation ends: answer 503, run nothing
  void set_cors(http::Response& answer) const;

  Generation::State& generation;
  Runtime& runtime;
  std::weak_ptr<Task> self;
  Task* task = nullptr;  // the same
  std::size_t index = 0;  // in generation.live

  http::Request request;
  http::Respond respond;
  Generation::Done done;  // a job's
  const Mount* mount = nullptr;
  const Verb* verb = nullptr;
  std::vector<std::string> arguments;  // values of the verb's {parts}
  std::vector<std::string> allowed;
  std::string job;
  std::int64_t term = 0;  // of the job's lease; 0: there is none

  http::Response response;
  base::Error failure;  // what surface.failed is told

  Strand main;
  std::vector<std::unique_ptr<Group>> groups;
  std::vector<Strand*> ready;  // in order; `next_ready` is the first that has not run
  std::size_t next_ready = 0;
  std::size_t children = 0;
  std::uint64_t turns = 0;

  Scope scope;
  std::uint64_t deadline = 0;
  loop::Pending timer;
  loop::Pending resting;  // its slice of this turn is used up: it goes on in the next
  std::vector<std::pair<std::string, std::shared_ptr<void>>> kept;  // few, if any
  std::string name() const;  // for the log: the action's label, "job NAME" or the surface

  bool answered = false;
  bool committed = false;
  bool failing = false;  // surface.failed runs
  bool over = false;

 private:
  void launch(int entry, int function);
  void pump();
  void rest();
  void resume(Strand& strand);
  void go_on_later(Strand& strand);
  void strand_ended(Strand& strand);
  bool read_outcome();
  void complete(Group& group);
  void fail(base::Error error, const std::string& trace, bool out_of_memory = false);
  void discard_strands(bool clean) noexcept;
  void conclude();
  bool may_drop();
};

struct Generation::State {
  Setup setup;
  std::uint64_t number = 0;
  std::unique_ptr<Runtime> runtime;
  std::vector<std::unique_ptr<Surface>> surfaces;
  std::vector<Mount> mounts;  // longest prefix first
  std::vector<RouteInfo> routes;
  std::vector<JobInfo> jobs;
  std::vector<int> job_functions;  // beside jobs
  std::vector<std::shared_ptr<Task>> live;
  base::Function<void()> idle;
  loop::Pending idle_call;
  std::deque<std::weak_ptr<Task>> large;  // requests that wait for their turn: one starts in each
  loop::Pending large_call;

  loop::Pending begin(std::unique_ptr<Task::State> task);
  void keep(std::shared_ptr<Task> task);
  void forget(Task::State& task);
  void tell_idle();
  void start_large();
};

// The C functions that a request starts and ends with (request.cpp, reply.cpp).
int build_request(lua_State* L);
int build_failure(lua_State* L);
int read_response(lua_State* L);
void open_request(lua_State* L);  // pushes build_request, build_failure with what they need
void open_reply(lua_State* L);    // pushes read_response

// An answer made without Lua: {"error":{"code":...,"message":...}}.
http::Response plain_failure(int status, std::string_view code, std::string_view message);
http::Response plain_failure(const base::Error& error);
// The error as a client may see it: nothing of the script's own words.
base::Error plain_error(const base::Error& error);

}  // namespace host::script
