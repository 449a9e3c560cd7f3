// Task: one request (or job) = one Lua coroutine. Only Task resumes a coroutine and
// only suspend() yields, both on the lane's own thread. Dropping a task drops what it
// waits for, so nothing is left armed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "loop/pending.h"

struct lua_State;

namespace host::script {

class Generation;

// Who the task acts for; set by the dialect's surface after it has checked the key.
// Services below the handlers (calls, files, events) filter by it.
struct Scope {
  bool known = false;         // nobody asked yet: services refuse
  bool everything = false;    // a global key without a tenant
  std::string tenant;         // tenant code, when not everything
  std::string key;            // what the access log calls the caller ("key=12"); may be empty
};

class Task {
 public:
  // The running task, or raises a Lua error naming `what`: while scripts load, in a
  // coroutine of the script's own, or inside store.transaction unless `what` is one of its
  // own calls ("tx:exec").
  static Task& require(lua_State* L, const char* what);
  // The same without raising: nullptr when there is none.
  static Task* current(lua_State* L) noexcept;

  // Wakes a suspended task once; later calls and calls after its end do nothing.
  // The function pushes the results of the primitive on the coroutine and returns how many.
  using Push = base::Function<int(lua_State*)>;
  class Resumer {
   public:
    explicit Resumer(std::weak_ptr<Task> task, std::uint64_t turn) : task_(std::move(task)), turn_(turn) {}
    void operator()(Push push) const;

   private:
    std::weak_ptr<Task> task_;
    std::uint64_t turn_;
  };
  // Raises where Lua cannot wait: in a callback of table.sort or string.gsub.
  Resumer resumer();

  // The last act of a suspending primitive: `return task.suspend(std::move(pending));`
  int suspend(loop::Pending pending);

  std::uint64_t deadline_ms() const noexcept;   // absolute, on the lane's clock (Loop::now_ms)
  std::uint64_t remaining_ms() const noexcept;  // 0 when it has passed

  // For an operation that may take longer than a request: the deadline is not before so long from
  // now.
  void allow(std::uint64_t ms);

  // Runs the functions of the list at `index` 1 at the same time: `return task.all(L);`
  int all(lua_State* L);

  // From here on the client's going away does not end the task.
  void commit() noexcept;

  // Something that goes when the task ends, however it ends: a claim, by its name.
  void keep(const std::string& name, std::shared_ptr<void> something);
  std::shared_ptr<void> kept(const std::string& name) const;
  void let_go(const std::string& name);

  Scope& scope() noexcept;
  std::uint64_t generation() const noexcept;  // its number
  const std::string& request_id() const noexcept;

  // The lease a job runs under: its name and term; no term where it needs none.
  struct Lease {
    const std::string& name;
    std::int64_t term;
  };
  Lease lease() const noexcept;

  // Inside store.transaction every other suspending primitive is refused: somebody
  // else's writes would wait for Asterisk or the network. Functions that run beside it by `all` are
  // not inside. A task that ends in it however it ends (a script that is stopped runs no code of its
  // own any more) calls `abandon`. Called while the one it is about runs, or its results are pushed.
  void enter_transaction(base::Function<void()> abandon);
  void leave_transaction() noexcept;
  bool in_transaction() const noexcept;

  struct State;
  static State* inside(Task& task) noexcept { return task.state_.get(); }  // for script/ only
  explicit Task(std::unique_ptr<State> state);
  ~Task();

 private:
  friend class Generation;
  std::unique_ptr<State> state_;
};

}  // namespace host::script
