#include "store/shares.h"

#include <chrono>
#include <utility>

#include "base/log.h"

namespace host::store {

class Shares::Held {
 public:
  Held(Shares& shares, std::string tenant, std::string key, base::Function<void()> cut)
      : shares(shares), tenant(std::move(tenant)), key(std::move(key)), cut(std::move(cut)) {}
  ~Held() { shares.give(*this); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  Shares& shares;
  const std::string tenant, key;
  base::Function<void()> cut;
  const std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
  std::list<Held*>::iterator place;
};

static unsigned count_of(const std::map<std::string, unsigned, std::less<>>& counts, std::string_view name) {
  auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

base::Result<std::shared_ptr<void>> Shares::take(const std::string& tenant, const std::string& key,
                                                 base::Function<void()> cut) {
  std::lock_guard lock(mutex_);
  if (!key.empty() && count_of(keys_, key) >= limits_.key) {
    return refuse(Bound::key, key, "Too many exports of this key are running.");
  }
  if (!tenant.empty() && count_of(tenants_, tenant) >= limits_.tenant) {
    return refuse(Bound::tenant, tenant, "Too many exports of this tenant are running.");
  }
  if (counters_.open >= limits_.all) return refuse(Bound::all, "", "Too many exports are running.");
  ++counters_.open;
  if (!tenant.empty()) ++tenants_[tenant];
  if (!key.empty()) ++keys_[key];
  auto held = std::make_shared<Held>(*this, tenant, key, std::move(cut));
  held->place = held_.insert(held_.end(), held.get());
  return std::shared_ptr<void>(std::move(held));
}

// Under the lock.
base::Error Shares::refuse(Bound bound, const std::string& whose, const char* words) {
  auto index = static_cast<std::size_t>(bound);
  ++counters_.refused[index];
  if (auto times = told_[index].times()) {
    const char* whole = bound == Bound::key      ? "a key has its share of exports"
                        : bound == Bound::tenant ? "a tenant has its share of exports"
                                                 : "all exports are taken";
    base::log::warn("store", whole, {{"whose", whose}, {"times", times}});
  }
  return base::unavailable(words);
}

bool Shares::cut_oldest(std::uint64_t least_ms) {
  std::lock_guard lock(mutex_);
  auto now = std::chrono::steady_clock::now();
  for (Held* held : held_) {
    if (now - held->since < std::chrono::milliseconds(least_ms)) return false;
    if (!held->cut) continue;
    base::log::warn("store", "an export is cut: the store's log grows beside it",
                    {{"tenant", held->tenant}, {"key", held->key}});
    ++counters_.cut;
    // Under the lock, so that it is still held.
    std::exchange(held->cut, nullptr)();
    return true;
  }
  return false;
}

void Shares::give(Held& held) noexcept {
  std::lock_guard lock(mutex_);
  held_.erase(held.place);
  const std::string &tenant = held.tenant, &key = held.key;
  --counters_.open;
  auto less = [](Counts& counts, const std::string& name) {
    auto found = counts.find(name);
    if (found != counts.end() && --found->second == 0) counts.erase(found);
  };
  if (!tenant.empty()) less(tenants_, tenant);
  if (!key.empty()) less(keys_, key);
}

Shares::Counters Shares::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace host::store
