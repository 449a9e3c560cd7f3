#include "store/mariadb/cluster_lock.h"

#include <mysql.h>
#include <pthread.h>

#include "base/text.h"
#include "codec/digest.h"
#include "store/fault.h"

namespace host::store::mariadb {

using base::Code;
using base::Result;

namespace {

constexpr auto look = std::chrono::milliseconds(200);
constexpr const char* table =
    "CREATE TABLE IF NOT EXISTS schema_lock (sl_id INTEGER NOT NULL PRIMARY KEY, sl_holder VARCHAR(40) NOT NULL,"
    " sl_beat BIGINT NOT NULL)";

// A node refuses one of two changes that met.
bool met(const base::Error& error) { return error.kind == "busy" || error.kind == "unique"; }

}  // namespace

bool in_cluster(Connection& connection) {
  auto on = connection.run({"SELECT @@wsrep_on", {}, {}}, {}, {});
  return on && on->text(0, 0) == "1";
}

ClusterLock::ClusterLock(Server& server, Connection& connection, ClusterLockTimes times)
    : server_(server), connection_(connection), times_(times), id_(base::text::hex(codec::digest::random(16))) {}

ClusterLock::~ClusterLock() {
  if (!held_) return;
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  counting_.join();
  for (int tries = 0; tries < 5; ++tries) {
    auto given = connection_.run({"UPDATE schema_lock SET sl_holder = '', sl_beat = sl_beat + 1 WHERE sl_id = 1 AND sl_holder = ?",
                                  {id_}, {}}, {}, {});
    if (given || !met(given.error())) return;
  }
}

Result<bool> ClusterLock::change(const std::string& from, std::int64_t beat) {
  auto taken = connection_.run({"UPDATE schema_lock SET sl_holder = ?, sl_beat = sl_beat + 1 WHERE sl_id = 1 AND sl_holder = ?"
                                " AND sl_beat = ?", {id_, from, beat}, {}}, {}, {});
  if (taken) return taken->changes > 0;
  if (met(taken.error())) return false;
  return taken.error();
}

Result<void> ClusterLock::take() {
  TRY_VOID(connection_.execute(table));
  auto added = connection_.run({"INSERT IGNORE INTO schema_lock (sl_id, sl_holder, sl_beat) VALUES (1, '', 0)", {}, {}}, {}, {});
  if (!added && !met(added.error())) return added.error();
  auto began = Clock::now(), seen = began, since = began;
  std::string holder;
  std::int64_t beat = -1;
  for (;;) {
    TRY(Rows row, connection_.run({"SELECT sl_holder, sl_beat FROM schema_lock WHERE sl_id = 1", {}, {}}, {}, {}));
    auto now = Clock::now();
    std::string present = row.size() > 0 ? row.text(0, 0) : "";
    std::int64_t count = row.size() > 0 ? row.cell(0, 1).integer : 0;
    // While a definition of a table goes through the cluster nobody can count, and this look takes as long.
    bool deaf = now - seen > times_.dead / 4;
    if (deaf || present != holder || count != beat) since = now;
    holder = present;
    beat = count;
    seen = now;
    if (holder.empty() || now - since >= times_.dead) {
      TRY(bool taken, change(holder, beat));
      if (taken) break;
    }
    if (now - began > times_.give_up) return fault(Code::unavailable, "store: another host changes the schema", "busy");
    std::this_thread::sleep_for(look);
  }
  held_ = true;
  counting_ = std::thread([this] { count(); });
  return {};
}

void ClusterLock::count() {
  pthread_setname_np(pthread_self(), "store-lock");
  mysql_thread_init();
  {
    std::unique_ptr<Connection> connection;
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, times_.beat, [this] { return ending_; })) {
      lock.unlock();
      if (!connection) {
        if (auto opened = Connection::open(server_, Role::direct)) connection = std::move(*opened);
      }
      if (connection) {
        auto counted = connection->run({"UPDATE schema_lock SET sl_beat = sl_beat + 1 WHERE sl_id = 1 AND sl_holder = ?", {id_}, {}},
                                       {}, {Clock::now() + times_.dead / 3, nullptr});
        if (!counted && !connection->reusable()) connection.reset();
      }
      lock.lock();
    }
  }
  mysql_thread_end();
}

}  // namespace host::store::mariadb
