// SharedCache: small values and counters that all lanes and all generations share, gone
// at restart. Thread-safe. Bounded: the least recently used of a shard go first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace host::bind {

class SharedCache {
 public:
  struct Limits {
    std::size_t entries = 100'000;
    std::size_t bytes = 64 << 20;
  };
  using Clock = std::uint64_t (*)();  // monotonic milliseconds; thread-safe

  SharedCache();
  explicit SharedCache(Limits limits, Clock clock);
  ~SharedCache();
  SharedCache(const SharedCache&) = delete;
  SharedCache& operator=(const SharedCache&) = delete;

  std::optional<std::string> get(std::string_view name);
  void put(std::string_view name, std::string_view value, std::uint64_t ttl_ms);
  // Forgets the value and the counters of a name.
  void remove(std::string_view name);
  // Puts only when absent; true when this call put it.
  bool claim(std::string_view name, std::string_view value, std::uint64_t ttl_ms);

  // Adds `events` (0: only asks) and returns how many the last `window_ms` hold. The
  // window moves in steps of a 32nd of itself, and an event never leaves it early.
  std::uint64_t count(std::string_view name, std::uint64_t window_ms, unsigned events);

  std::size_t entries() const;
  std::size_t bytes() const;

 private:
  static constexpr std::size_t shard_count = 16;
  static constexpr std::size_t steps = 32;

  struct Window {
    std::uint64_t length_ms = 0;
    std::uint64_t step = 0;  // number of the newest step
    std::array<std::uint32_t, steps + 1> counts{};
  };
  struct Entry {
    std::string name;
    std::optional<std::string> value;
    std::uint64_t expires = 0;
    std::vector<Window> windows;  // one per length asked for

    std::size_t size() const noexcept;
  };
  using Order = std::list<Entry>;  // most recently used first
  struct Shard {
    mutable std::mutex mutex;
    Order order;
    std::unordered_map<std::string_view, Order::iterator> index;  // views of Entry::name
    std::size_t bytes = 0;
  };

  Shard& shard(std::string_view name) noexcept;
  Entry* find(Shard& shard, std::string_view name);
  Entry& make(Shard& shard, std::string_view name);
  void erase(Shard& shard, Order::iterator entry);
  void trim(Shard& shard, const Entry* keep);
  bool alive(const Entry& entry, std::uint64_t now) const noexcept;

  Limits limits_;
  Clock clock_;
  std::array<Shard, shard_count> shards_;
};

}  // namespace host::bind
