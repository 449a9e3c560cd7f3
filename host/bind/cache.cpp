#include "bind/cache.h"

#include "bind/bind.h"
#include "script/args.h"
#include "script/push.h"

#include <algorithm>
#include <chrono>
#include <functional>

namespace host::bind {

namespace args = script::args;

static std::uint64_t steady_ms() {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::size_t SharedCache::Entry::size() const noexcept {
  constexpr std::size_t overhead = sizeof(Entry) + 64;  // list and index nodes
  return overhead + name.size() + (value ? value->size() : 0) + windows.size() * sizeof(Window);
}

SharedCache::SharedCache() : SharedCache(Limits{}, steady_ms) {}

SharedCache::SharedCache(Limits limits, Clock clock) : limits_(limits), clock_(clock) {}

SharedCache::~SharedCache() = default;

SharedCache::Shard& SharedCache::shard(std::string_view name) noexcept {
  // The index hashes the same name again, so other bits choose the shard.
  return shards_[std::hash<std::string_view>()(name) >> 57 & (shard_count - 1)];
}

bool SharedCache::alive(const Entry& entry, std::uint64_t now) const noexcept {
  return entry.value && entry.expires > now;
}

SharedCache::Entry* SharedCache::find(Shard& shard, std::string_view name) {
  auto found = shard.index.find(name);
  if (found == shard.index.end()) return nullptr;
  shard.order.splice(shard.order.begin(), shard.order, found->second);
  return &*found->second;
}

SharedCache::Entry& SharedCache::make(Shard& shard, std::string_view name) {
  if (Entry* entry = find(shard, name)) return *entry;
  shard.order.push_front({});
  Entry& entry = shard.order.front();
  entry.name = name;
  shard.index.emplace(entry.name, shard.order.begin());
  shard.bytes += entry.size();
  return entry;
}

void SharedCache::erase(Shard& shard, Order::iterator entry) {
  shard.bytes -= entry->size();
  shard.index.erase(entry->name);
  shard.order.erase(entry);
}

void SharedCache::trim(Shard& shard, const Entry* keep) {
  auto over = [&] {
    return shard.order.size() > std::max<std::size_t>(1, limits_.entries / shard_count) ||
           shard.bytes > limits_.bytes / shard_count;
  };
  while (over() && &shard.order.back() != keep) erase(shard, std::prev(shard.order.end()));
}

std::optional<std::string> SharedCache::get(std::string_view name) {
  Shard& place = shard(name);
  std::lock_guard lock(place.mutex);
  Entry* entry = find(place, name);
  if (!entry || !entry->value) return std::nullopt;
  if (alive(*entry, clock_())) return entry->value;
  if (entry->windows.empty()) {
    erase(place, place.order.begin());
  } else {
    place.bytes -= entry->value->size();
    entry->value.reset();
  }
  return std::nullopt;
}

void SharedCache::put(std::string_view name, std::string_view value, std::uint64_t ttl_ms) {
  Shard& place = shard(name);
  std::lock_guard lock(place.mutex);
  Entry& entry = make(place, name);
  place.bytes -= entry.size();
  entry.value = std::string(value);
  entry.expires = clock_() + ttl_ms;
  place.bytes += entry.size();
  trim(place, &entry);
}

bool SharedCache::claim(std::string_view name, std::string_view value, std::uint64_t ttl_ms) {
  Shard& place = shard(name);
  std::lock_guard lock(place.mutex);
  Entry& entry = make(place, name);
  std::uint64_t now = clock_();
  if (alive(entry, now)) return false;
  place.bytes -= entry.size();
  entry.value = std::string(value);
  entry.expires = now + ttl_ms;
  place.bytes += entry.size();
  trim(place, &entry);
  return true;
}

void SharedCache::remove(std::string_view name) {
  Shard& place = shard(name);
  std::lock_guard lock(place.mutex);
  auto found = place.index.find(name);
  if (found != place.index.end()) erase(place, found->second);
}

std::uint64_t SharedCache::count(std::string_view name, std::uint64_t window_ms, unsigned events) {
  window_ms = std::max<std::uint64_t>(window_ms, steps);
  Shard& place = shard(name);
  std::lock_guard lock(place.mutex);
  Entry* entry = events ? &make(place, name) : find(place, name);
  if (!entry) return 0;
  auto window = std::find_if(entry->windows.begin(), entry->windows.end(),
                             [&](const Window& one) { return one.length_ms == window_ms; });
  if (window == entry->windows.end()) {
    if (!events) return 0;
    place.bytes -= entry->size();
    // Names are asked with one or two lengths; more are a mistake that must not grow.
    if (entry->windows.size() >= 4) entry->windows.erase(entry->windows.begin());
    entry->windows.push_back({.length_ms = window_ms, .step = 0, .counts = {}});
    place.bytes += entry->size();
    window = std::prev(entry->windows.end());
  }
  // One step more than the window has, so that an event stays in for its whole length.
  std::uint64_t step = clock_() / (window_ms / steps);
  if (step - window->step > steps) {
    window->counts.fill(0);
  } else {
    for (std::uint64_t gone = window->step + 1; gone <= step; ++gone) {
      window->counts[gone % (steps + 1)] = 0;
    }
  }
  window->step = step;
  window->counts[step % (steps + 1)] += events;
  std::uint64_t sum = 0;
  for (std::uint32_t one : window->counts) sum += one;
  trim(place, entry);
  return sum;
}

std::size_t SharedCache::entries() const {
  std::size_t sum = 0;
  for (const Shard& place : shards_) {
    std::lock_guard lock(place.mutex);
    sum += place.order.size();
  }
  return sum;
}

std::size_t SharedCache::bytes() const {
  std::size_t sum = 0;
  for (const Shard& place : shards_) {
    std::lock_guard lock(place.mutex);
    sum += place.bytes;
  }
  return sum;
}

static constexpr std::size_t max_name = 1024;
static constexpr std::size_t max_value = 64 << 10;
static constexpr double max_seconds = 400.0 * 24 * 3600;

static SharedCache& cache(lua_State* L, const char* what) {
  SharedCache* cache = services(L).cache;
  if (!cache) luaL_error(L, "%s: not while scripts are checked", what);
  return *cache;
}

static std::string_view name_argument(lua_State* L) {
  std::string_view name = args::string(L, 1);
  if (name.empty() || name.size() > max_name) luaL_argerror(L, 1, "a name of 1 to 1024 bytes");
  return name;
}

static std::string_view value_argument(lua_State* L) {
  std::string_view value = args::string(L, 2);
  if (value.size() > max_value) luaL_argerror(L, 2, "a value of at most 64 KiB");
  return value;
}

static std::uint64_t milliseconds(lua_State* L, int index, double seconds) {
  if (!(seconds > 0) || seconds > max_seconds) luaL_argerror(L, index, "seconds above 0");
  return static_cast<std::uint64_t>(std::max(1.0, seconds * 1000));
}

static int cache_get(lua_State* L) {
  auto value = cache(L, "cache.get").get(name_argument(L));
  if (!value) return 0;
  return script::push_string(L, *value);
}

static int cache_put(lua_State* L) {
  std::uint64_t ttl = milliseconds(L, 3, args::number(L, 3, 300));
  cache(L, "cache.put").put(name_argument(L), value_argument(L), ttl);
  return 0;
}

static int cache_remove(lua_State* L) {
  cache(L, "cache.remove").remove(name_argument(L));
  return 0;
}

static int cache_claim(lua_State* L) {
  std::uint64_t ttl = milliseconds(L, 3, args::number(L, 3, 300));
  lua_pushboolean(L, cache(L, "cache.claim").claim(name_argument(L), value_argument(L), ttl));
  return 1;
}

static int cache_count(lua_State* L) {
  std::uint64_t window = milliseconds(L, 2, args::number(L, 2));
  auto count = cache(L, "cache.count").count(name_argument(L), window, 1);
  lua_pushnumber(L, static_cast<double>(count));
  return 1;
}

static int cache_counted(lua_State* L) {
  std::uint64_t window = milliseconds(L, 2, args::number(L, 2));
  auto count = cache(L, "cache.counted").count(name_argument(L), window, 0);
  lua_pushnumber(L, static_cast<double>(count));
  return 1;
}

void open_cache(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"get", cache_get},     {"put", cache_put},         {"remove", cache_remove},
      {"count", cache_count}, {"counted", cache_counted}, {"claim", cache_claim},
      {nullptr, nullptr}};
  open_module(L, "cache", functions);
}

}  // namespace host::bind
