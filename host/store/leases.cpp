#include "store/leases.h"

#include <utility>

namespace host::store {

using base::Code;
using base::Result;

namespace {
// A host that went down leaves a row, which goes after so many times the time it is given.
constexpr std::uint64_t forgotten = 12;
}  // namespace

Query fence(const std::string& lease, std::int64_t term) {
  return {"UPDATE le_leases SET le_used = le_used + 1 WHERE le_name = ? AND le_token = ?", {lease, term}, {}};
}

Leases::Leases(std::string id, std::string name, LeaseTimes times, Now now)
    : id_(std::move(id)), name_(std::move(name)), times_(times), now_(std::move(now)) {}

Result<void> Leases::beat(Direct& store) {
  TRY(Rows told, store.run({"UPDATE ho_hosts SET ho_beat = ho_beat + 1 WHERE ho_id = ?", {id_}, {}}));
  if (told.changes > 0) return {};
  TRY(Rows added, store.run({"INSERT INTO ho_hosts (ho_id, ho_name, ho_beat) VALUES (?, ?, 1)", {id_, name_}, {}}));
  return {};
}

// While nothing could be heard, because the store or we were away, nobody has been silent.
Result<void> Leases::see_hosts(Direct& store, std::uint64_t began) {
  TRY(Rows rows, store.run({"SELECT ho_id, ho_name, ho_beat FROM ho_hosts", {}, {}}));
  std::uint64_t ended = now_();
  bool deaf = ended - heard_ > times_.dead_ms / 2;
  std::map<std::string, Host> before = std::exchange(hosts_, {});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Host host{rows.text(i, 1), rows.cell(i, 2).integer, ended, 0};
    auto known = before.find(rows.text(i, 0));
    if (!deaf && known != before.end() && known->second.beat == host.beat) {
      host.since = known->second.since;
      host.still_ms = began > host.since ? began - host.since : 0;
    }
    hosts_.emplace(rows.text(i, 0), std::move(host));
  }
  heard_ = ended;
  return {};
}

bool Leases::is_there(const std::string& host) const {
  auto found = hosts_.find(host);
  return found != hosts_.end() && found->second.still_ms < times_.dead_ms;
}

// The new term, or 0: another host was first, or the one that had it is in the middle of a transaction.
Result<std::int64_t> Leases::take(Direct& store, const std::string& name, const std::string& holder, std::int64_t term) {
  auto taken = term == 0 ? store.run({"INSERT INTO le_leases (le_name, le_host, le_token, le_used) VALUES (?, ?, 1, 0)",
                                      {name, id_}, {}})
                         : store.run({"UPDATE le_leases SET le_host = ?, le_token = le_token + 1 WHERE le_name = ?"
                                      " AND le_host = ? AND le_token = ?",
                                      {id_, name, holder, term}, {}});
  if (taken) return taken->changes > 0 ? term + 1 : 0;
  const base::Error& error = taken.error();
  bool another = error.kind == "unique" || error.kind == "busy" || error.code == Code::timeout;
  if (another) return 0;
  return error;
}

Result<std::map<std::string, Leases::Lease>> Leases::look(Direct& store, const std::set<std::string>& wanted) {
  std::uint64_t began = now_();
  TRY_VOID(beat(store));
  TRY_VOID(see_hosts(store, began));
  TRY(Rows rows, store.run({"SELECT le_name, le_host, le_token FROM le_leases", {}, {}}));
  std::map<std::string, std::pair<std::string, std::int64_t>> known;
  for (std::size_t i = 0; i < rows.size(); ++i) known[rows.text(i, 0)] = {rows.text(i, 1), rows.cell(i, 2).integer};

  std::map<std::string, Lease> leases;
  for (const std::string& name : wanted) {
    const auto& [holder, term] = known[name];
    Lease& lease = leases[name];
    if (holder == id_) {
      lease = {term, name_};
    } else if (is_there(holder)) {
      lease.holder = hosts_.at(holder).name;
    } else {
      TRY(lease.term, take(store, name, holder, term));
      if (lease.term > 0) lease.holder = name_;
    }
  }
  for (const auto& [name, row] : known) {
    if (row.first != id_ || wanted.count(name) > 0) continue;
    TRY(Rows given, store.run({"UPDATE le_leases SET le_host = '' WHERE le_name = ? AND le_host = ?", {name, id_}, {}}));
  }
  for (const auto& [id, host] : hosts_) {
    if (host.still_ms < times_.dead_ms * forgotten) continue;
    TRY(Rows gone, store.run({"DELETE FROM ho_hosts WHERE ho_id = ? AND ho_beat = ?", {id, host.beat}, {}}));
  }
  valid_until_ = began + times_.valid_ms;
  return leases;
}

Result<void> Leases::release(Direct& store) {
  valid_until_ = 0;
  TRY(Rows given, store.run({"UPDATE le_leases SET le_host = '' WHERE le_host = ?", {id_}, {}}));
  TRY(Rows gone, store.run({"DELETE FROM ho_hosts WHERE ho_id = ?", {id_}, {}}));
  return {};
}

}  // namespace host::store
