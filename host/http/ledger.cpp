#include "http/ledger.h"

#include <algorithm>

#include "base/log.h"

namespace host::http {

// Less is not worth a walk through the allocator.
static constexpr std::size_t worth_settling = 16u << 20;

static bool has_address(std::string_view address) noexcept {
  return !address.empty() && address != "unix";
}

Ledger::Ledger(LedgerLimits limits) : limits_(limits) {}

bool Ledger::enter(const std::string& address) {
  if (!has_address(address)) return true;
  std::uint64_t times = 0;
  {
    std::lock_guard lock(mutex_);
    Held& held = addresses_[address];
    if (held.connections < limits_.address_connections) {
      ++held.connections;
      return true;
    }
    ++counters_.refused_connections;
    times = told_connections_.times();
  }
  if (times > 0) {
    base::log::warn("http", "an address has too many connections",
                    {{"peer", address}, {"most", limits_.address_connections}, {"times", times}});
  }
  return false;
}

void Ledger::leave(const std::string& address) noexcept {
  if (!has_address(address)) return;
  std::lock_guard lock(mutex_);
  auto found = addresses_.find(address);
  if (found == addresses_.end()) return;
  --found->second.connections;
  if (found->second.connections == 0 && found->second.bytes == 0) addresses_.erase(found);
}

void Ledger::add(Holders& holders, const std::string& name, std::size_t before, std::size_t after) {
  auto found = holders.find(name);
  if (found == holders.end()) {
    if (after == before) return;
    found = holders.emplace(name, Held{}).first;
  }
  Held& held = found->second;
  held.bytes += after - before;
  if (held.connections == 0 && held.bytes == 0) holders.erase(found);
}

std::size_t Ledger::held(const Holders& holders, std::string_view name) {
  auto found = holders.find(name);
  return found == holders.end() ? 0 : found->second.bytes;
}

Ledger::Bound Ledger::change(const Payer& payer, std::size_t before, std::size_t after) {
  std::lock_guard lock(mutex_);
  counters_.unread_bytes += after - before;
  counters_.unread_most = std::max(counters_.unread_most, counters_.unread_bytes);
  if (has_address(payer.address)) add(addresses_, payer.address, before, after);
  if (!payer.key.empty()) add(keys_, payer.key, before, after);
  if (after <= before) return Bound::none;
  if (held(addresses_, payer.address) > limits_.unread_address_bytes) return Bound::address;
  if (held(keys_, payer.key) > limits_.unread_key_bytes) return Bound::key;
  return counters_.unread_bytes > limits_.unread_bytes ? Bound::host : Bound::none;
}

bool Ledger::over() const {
  std::lock_guard lock(mutex_);
  return counters_.unread_bytes > limits_.unread_bytes;
}

Ledger::Bound Ledger::refuse(const Payer& payer, std::size_t more) {
  Bound bound = Bound::none;
  {
    std::lock_guard lock(mutex_);
    // Nobody is refused for what only others hold, nor the first answer for its size.
    std::size_t address = held(addresses_, payer.address), key = held(keys_, payer.key);
    if (address > 0 && address + more > limits_.unread_address_bytes) {
      bound = Bound::address;
    } else if (key > 0 && key + more > limits_.unread_key_bytes) {
      bound = Bound::key;
    }
  }
  if (bound != Bound::none) cut(payer, bound);
  return bound;
}

void Ledger::cut(const Payer& payer, Bound bound) {
  std::uint64_t times = 0;
  {
    std::lock_guard lock(mutex_);
    (bound == Bound::address ? counters_.cut_address
     : bound == Bound::key   ? counters_.cut_key
                             : counters_.cut_host) += 1;
    times = told_cut_[static_cast<std::size_t>(bound)].times();
  }
  if (times == 0) return;
  const char* what = bound == Bound::address ? "an address does not read its answers: one is given up"
                     : bound == Bound::key   ? "the users of a key do not read their answers: one is given up"
                                             : "too many answers are not read: one is given up";
  base::log::warn("http", what, {{"peer", payer.address}, {"key", payer.key}, {"times", times}});
}

Ledger::Counters Ledger::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

bool Ledger::settle() noexcept {
  std::lock_guard lock(mutex_);
  bool fell = counters_.unread_most > counters_.unread_bytes + worth_settling;
  counters_.unread_most = counters_.unread_bytes;
  return fell;
}

}  // namespace host::http
