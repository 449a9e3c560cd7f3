// Worker: one thread that runs blocking jobs in order. Values in, values out: a job
// must not touch a handle, Lua, or an object of the loop that waits for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <type_traits>

#include "base/function.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::loop {

class Worker {
 public:
  // `niceness`: of its thread, for work that may be late when the cores are few.
  explicit Worker(std::string name, int niceness = 0);
  ~Worker();  // runs what is queued, then joins
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Thread-safe.
  void submit(base::Function<void()> job);

  // Runs `job` here and `done(result)` on `loop`. Dropping the Pending forgets the
  // result; the job still runs. `loop` must outlive this worker.
  template <typename Job, typename Done>
  Pending run(Loop& loop, Job job, Done done);

 private:
  void work();

  std::string name_;
  int niceness_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<base::Function<void()>> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

template <typename Job, typename Done>
Pending Worker::run(Loop& loop, Job job, Done done) {
  using Value = std::invoke_result_t<Job&>;
  struct State {
    Done done;
    bool dropped = false;  // read and written on the loop's thread only
  };
  auto state = std::make_shared<State>(State{std::move(done)});
  submit([&loop, state, job = std::move(job)]() mutable {
    loop.post([state, value = Value(job())]() mutable {
      if (!state->dropped) state->done(std::move(value));
    });
  });
  return Pending::cancelled_by([state] { state->dropped = true; });
}

}  // namespace host::loop
