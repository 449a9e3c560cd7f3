// Shares: how many exports may run at once, in all, of one tenant and of one key, so that one
// caller who reads slowly does not keep the others from theirs. Shared by all lanes,
// thread-safe; outlives what it hands out.
#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "base/seldom.h"

namespace host::store {

class Shares {
 public:
  struct Limits {
    unsigned all = 32;
    unsigned tenant = 8;
    unsigned key = 4;
  };
  enum class Bound { all, tenant, key };

  explicit Shares(Limits limits) : limits_(limits) {}
  Shares(const Shares&) = delete;
  Shares& operator=(const Shares&) = delete;

  // Held while an export runs. `unavailable`, in words for the client, when the caller's share
  // or everything is taken. Empty names are nobody's. `cut` ends the export; called at most once,
  // on another thread, while the share is held.
  base::Result<std::shared_ptr<void>> take(const std::string& tenant, const std::string& key,
                                           base::Function<void()> cut = nullptr);
  // Ends the one that runs longest, when it has run for `least_ms`: it keeps the store from
  // emptying its log.
  bool cut_oldest(std::uint64_t least_ms);

  struct Counters {
    std::size_t open = 0;
    std::array<std::uint64_t, 3> refused{};  // by Bound
    std::uint64_t cut = 0;
  };
  Counters counters() const;

 private:
  class Held;
  using Counts = std::map<std::string, unsigned, std::less<>>;

  base::Error refuse(Bound bound, const std::string& whose, const char* words);
  void give(Held& held) noexcept;

  const Limits limits_;
  mutable std::mutex mutex_;
  Counts tenants_;
  Counts keys_;
  std::list<Held*> held_;  // the oldest first
  Counters counters_;
  std::array<base::Seldom, 3> told_;
};

}  // namespace host::store
