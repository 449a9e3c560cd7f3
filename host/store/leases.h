// Which of the hosts at one store runs what only one may run. A host says again and again that it is there (its beat);
// whose beat has not gone on for a while, by the clock of those who look, has lost its leases to the first that takes them.
// No two clocks are compared. Each taking gives the lease a new term; a transaction that holds the fence of an
// older one is refused, however long its host was asleep. Used by one thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/function.h"
#include "base/result.h"
#include "store/store.h"

namespace host::store {

struct LeaseTimes {
  std::uint64_t beat_ms = 1000;   // between two looks
  std::uint64_t valid_ms = 4000;  // a lease is ours so long after a look that went well
  std::uint64_t dead_ms = 5000;   // a host whose beat stood still for so long; above valid_ms
};

// What must hold for a transaction of the lease's holder.
Query fence(const std::string& lease, std::int64_t term);

class Leases {
 public:
  struct Lease {
    std::int64_t term = 0;  // ours; 0: another host's
    std::string holder;     // its name; "" when it is nobody's
    bool operator==(const Lease&) const = default;
  };
  using Now = base::Function<std::uint64_t()>;  // a steady clock, in milliseconds

  // `id` differs from that of every other host and of every earlier start; `name` is for people.
  Leases(std::string id, std::string name, LeaseTimes times, Now now);

  // Says that we are there, takes what of `wanted` is free, gives back what is not wanted any more.
  base::Result<std::map<std::string, Lease>> look(Direct& store, const std::set<std::string>& wanted);
  // Until then, by our clock, the leases of the last look are ours.
  std::uint64_t valid_until() const noexcept { return valid_until_; }
  // Gives back everything; the others need not wait.
  base::Result<void> release(Direct& store);

 private:
  struct Host {
    std::string name;
    std::int64_t beat = 0;
    std::uint64_t since = 0;  // when it was first seen there
    std::uint64_t still_ms = 0;
  };

  base::Result<void> beat(Direct& store);
  base::Result<void> see_hosts(Direct& store, std::uint64_t began);
  base::Result<std::int64_t> take(Direct& store, const std::string& name, const std::string& holder, std::int64_t term);
  bool is_there(const std::string& host) const;

  const std::string id_, name_;
  const LeaseTimes times_;
  Now now_;
  std::map<std::string, Host> hosts_;
  std::uint64_t heard_ = 0;  // the end of the last look that went well
  std::uint64_t valid_until_ = 0;
};

}  // namespace host::store
