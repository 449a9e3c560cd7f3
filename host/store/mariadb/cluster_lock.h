// A lock that holds on all nodes of a cluster, where get_lock() is one node's own: a row names the holder, who counts in it
// again and again. A count that stands still for long, by the clock of who waits, is of a host that is gone. Used by one
// thread; the counting has one of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "store/mariadb/connection.h"

namespace host::store::mariadb {

struct ClusterLockTimes {
  std::chrono::milliseconds beat{1000};
  std::chrono::milliseconds dead{30'000};   // more than a look of who waits and a beat take together
  std::chrono::milliseconds give_up{120'000};
};

class ClusterLock {
 public:
  // Both outlive it.
  ClusterLock(Server& server, Connection& connection, ClusterLockTimes times = {});
  ~ClusterLock();  // gives it back
  ClusterLock(const ClusterLock&) = delete;
  ClusterLock& operator=(const ClusterLock&) = delete;

  // Waits for it; `unavailable` when another host does not end.
  base::Result<void> take();

 private:
  base::Result<bool> change(const std::string& from, std::int64_t beat);
  void count();

  Server& server_;
  Connection& connection_;
  const ClusterLockTimes times_;
  const std::string id_;
  bool held_ = false;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread counting_;
};

// Whether the server is a node of a cluster.
bool in_cluster(Connection& connection);

}  // namespace host::store::mariadb
