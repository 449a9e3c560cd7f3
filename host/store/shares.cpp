#include "store/shares.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/log.h"
#include "loop/timer.h"

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

std::optional<Shares::Bound> Shares::full(const std::string& tenant, const std::string& key) const {
  if (!key.empty() && count_of(keys_, key) >= limits_.key) return Bound::key;
  if (!tenant.empty() && count_of(tenants_, tenant) >= limits_.tenant) return Bound::tenant;
  if (counters_.open >= limits_.all) return Bound::all;
  if (held_back_) return Bound::log;
  return std::nullopt;
}

std::shared_ptr<void> Shares::hold(const std::string& tenant, const std::string& key, base::Function<void()> cut) {
  ++counters_.open;
  if (!tenant.empty()) ++tenants_[tenant];
  if (!key.empty()) ++keys_[key];
  auto held = std::make_shared<Held>(*this, tenant, key, std::move(cut));
  held->place = held_.insert(held_.end(), held.get());
  return held;
}

Shares::Taken Shares::take(const std::string& tenant, const std::string& key, base::Function<void()> cut) {
  std::lock_guard lock(mutex_);
  if (auto bound = full(tenant, key)) return refuse(*bound, tenant, key);
  return hold(tenant, key, std::move(cut));
}

struct Shares::Waiter {
  loop::Loop& loop;
  const std::string tenant, key;
  base::Function<void()> cut;
  Done done;
  bool gone = false;  // on its loop's thread
};

// Whoever waits and is dropped, or has waited long enough.
class Shares::Waiting final : public loop::Operation {
 public:
  Waiting(Shares& shares, std::shared_ptr<Waiter> waiter, std::uint64_t ms)
      : shares_(shares), waiter_(std::move(waiter)), over_(waiter_->loop, [this] { over(); }) {
    over_.start(ms);
  }
  ~Waiting() override {
    waiter_->gone = true;
    leave();
  }

 private:
  // false: it has got its share, which is on its way.
  bool leave() {
    std::lock_guard lock(shares_.mutex_);
    auto found = std::find(shares_.waiting_.begin(), shares_.waiting_.end(), waiter_);
    if (found == shares_.waiting_.end()) return false;
    shares_.waiting_.erase(found);
    --shares_.counters_.waiting;
    return true;
  }
  void over() {
    if (!leave()) return;
    auto waiter = waiter_;  // done() may drop us
    Taken refused = [&]() -> Taken {
      std::lock_guard lock(shares_.mutex_);
      return shares_.refuse(shares_.full(waiter->tenant, waiter->key).value_or(Bound::all), waiter->tenant, waiter->key);
    }();
    waiter->done(std::move(refused));
  }

  Shares& shares_;
  std::shared_ptr<Waiter> waiter_;
  loop::Timer over_;
};

std::optional<Shares::Taken> Shares::take_in_turn(loop::Loop& loop, const std::string& tenant, const std::string& key,
                                                  base::Function<void()> cut, std::uint64_t most_ms, Done done,
                                                  loop::Pending& waiting) {
  std::uint64_t ms = std::min(limits_.wait_ms, most_ms);
  std::shared_ptr<Waiter> waiter;
  {
    std::lock_guard lock(mutex_);
    auto bound = full(tenant, key);
    if (!bound) return hold(tenant, key, std::move(cut));
    if (ms == 0) return refuse(*bound, tenant, key);
    waiter = std::make_shared<Waiter>(Waiter{loop, tenant, key, std::move(cut), std::move(done)});
    waiting_.push_back(waiter);
    ++counters_.waiting;
    ++counters_.waited;
  }
  waiting = loop::Pending(std::make_unique<Waiting>(*this, std::move(waiter), ms));
  return std::nullopt;
}

// Under the lock, so that no loop ends between a waiter's leaving and the post to it.
void Shares::let_in() {
  for (auto next = waiting_.begin(); next != waiting_.end() && counters_.open < limits_.all && !held_back_;) {
    auto waiter = *next;
    if (full(waiter->tenant, waiter->key)) {
      ++next;
      continue;
    }
    next = waiting_.erase(next);
    --counters_.waiting;
    waiter->loop.post([waiter, share = hold(waiter->tenant, waiter->key, std::move(waiter->cut))]() mutable {
      if (!waiter->gone) waiter->done(std::move(share));
    });
  }
}

base::Error Shares::refuse(Bound bound, const std::string& tenant, const std::string& key) {
  switch (bound) {
    case Bound::key: return refuse(bound, key, "Too many exports of this key are running.");
    case Bound::tenant: return refuse(bound, tenant, "Too many exports of this tenant are running.");
    case Bound::log: return refuse(bound, "", "The store's log has to be emptied first.");
    default: return refuse(bound, "", "Too many exports are running.");
  }
}

// Under the lock.
base::Error Shares::refuse(Bound bound, const std::string& whose, const char* words) {
  auto index = static_cast<std::size_t>(bound);
  ++counters_.refused[index];
  if (auto times = told_[index].times()) {
    const char* whole = bound == Bound::key      ? "a key has its share of exports"
                        : bound == Bound::tenant ? "a tenant has its share of exports"
                        : bound == Bound::log    ? "exports wait for the store's log"
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

void Shares::log_is(std::uint64_t bytes, std::uint64_t most, std::uint64_t least_ms) {
  {
    std::lock_guard lock(mutex_);
    bool grows = bytes > std::exchange(log_bytes_, bytes);
    held_back_ = bytes > most && (grows || (held_back_ && counters_.open > 0));
    if (!held_back_) return let_in();
  }
  while (cut_oldest(least_ms)) {
  }
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
  let_in();
}

Shares::Counters Shares::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace host::store
