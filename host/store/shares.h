// Shares: how many exports may run at once, in all, of one tenant and of one key, so that one
// caller who reads slowly does not keep the others from theirs. Who comes beyond waits his turn for a while: a list
// is an export too when its rows come from a reader thread or a server, and takes milliseconds. Shared by all lanes,
// thread-safe; outlives what it hands out.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "base/seldom.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::store {

class Shares {
 public:
  struct Limits {
    unsigned all = 32;
    unsigned tenant = 8;
    unsigned key = 4;
    std::uint64_t wait_ms = 5000;  // for one's turn
  };
  using Taken = base::Result<std::shared_ptr<void>>;
  using Done = base::Function<void(Taken)>;
  enum class Bound { all, tenant, key, log };

  explicit Shares(Limits limits) : limits_(limits) {}
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;

  // Held while an export runs. `unavailable`, in words for the client, when the caller's share
  // or everything is taken. Empty names are nobody's. `cut` ends the export; called at most once,
  // on another thread, while the share is held.
  Taken take(const std::string& tenant, const std::string& key, base::Function<void()> cut = nullptr);
  // The same for who may wait: `done` is called on `loop` when it is his turn, or with the error when `most_ms` or the
  // limit of waiting is over; dropping `waiting` leaves the queue. Nothing waits when there is a result.
  std::optional<Taken> take_in_turn(loop::Loop& loop, const std::string& tenant, const std::string& key,
                                    base::Function<void()> cut, std::uint64_t most_ms, Done done, loop::Pending& waiting);
  // Ends the one that runs longest, when it has run for `least_ms`: it keeps the store from
  // emptying its log.
  bool cut_oldest(std::uint64_t least_ms);
  // Called now and then with the size of the store's log. Once it has grown above `most`, exports that have run for
  // `least_ms` are cut and new ones wait for their turn: it can only begin anew when nobody reads from it, and exports
  // that follow each other would keep it growing for ever. They go on when it is small, or stands still with none open.
  void log_is(std::uint64_t bytes, std::uint64_t most, std::uint64_t least_ms);

  struct Counters {
    std::size_t open = 0;
    std::array<std::uint64_t, 4> refused{};  // by Bound
    std::uint64_t cut = 0;
    std::uint64_t waited = 0;
    std::size_t waiting = 0;
  };
  Counters counters() const;

 private:
  class Held;
  class Waiting;
  struct Waiter;
  using Counts = std::map<std::string, unsigned, std::less<>>;

  // Under the lock: whose bound is reached, and a share where none is.
  std::optional<Bound> full(const std::string& tenant, const std::string& key) const;
  std::shared_ptr<void> hold(const std::string& tenant, const std::string& key, base::Function<void()> cut);
  void let_in();
  base::Error refuse(Bound bound, const std::string& tenant, const std::string& key);
  base::Error refuse(Bound bound, const std::string& whose, const char* words);
  void give(Held& held) noexcept;

  const Limits limits_;
  mutable std::mutex mutex_;
  Counts tenants_;
  Counts keys_;
  std::list<Held*> held_;  // the oldest first
  std::list<std::shared_ptr<Waiter>> waiting_;
  Counters counters_;
  std::array<base::Seldom, 4> told_;
  std::uint64_t log_bytes_ = 0;   // when it was told last
  bool held_back_ = false;        // new ones wait until the log is small
};

}  // namespace host::store
