// Keeps this host's leases beside everything else it does: a thread and a connection of its own, so that no long
// transaction of a script delays its beat. Lives on the supervisor's loop.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "base/function.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "loop/timer.h"
#include "loop/worker.h"
#include "store/leases.h"

namespace host::app {

class Leadership {
 public:
  // On our loop, whenever it is another than before.
  using Changed = base::Function<void(const std::string& job, const store::Leases::Lease& lease)>;

  // `address` is where this host listens: for people, with the name of the machine.
  Leadership(loop::Loop& loop, std::string url, const std::string& address, Changed changed, store::LeaseTimes times = {});
  ~Leadership();
  Leadership(const Leadership&) = delete;
  Leadership& operator=(const Leadership&) = delete;

  // What there is to lead from here on.
  void want(std::set<std::string> jobs);
  // Gives everything back and calls `done`, soon even when the store is away.
  void release(base::Function<void()> done);

 private:
  struct Inside;  // the thread's own
  struct Outcome;

  void tick();
  void look();
  void looked(Outcome outcome);
  void tell(const std::string& job, const store::Leases::Lease& lease);

  loop::Loop& loop_;
  Changed changed_;
  const store::LeaseTimes times_;
  std::set<std::string> wanted_;
  std::map<std::string, store::Leases::Lease> leases_;  // as told
  std::uint64_t valid_until_ = 0;
  bool again_ = false;  // asked for during a look
  bool away_ = false;   // the last look failed
  loop::Pending looking_;
  bool busy_ = false;
  std::unique_ptr<Inside> inside_;
  loop::Timer timer_;
  loop::Timer farewell_;
  base::Function<void()> released_;
  loop::Worker worker_;  // goes first
};

}  // namespace host::app
