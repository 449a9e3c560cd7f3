// The threads that write to a MariaDB store: each has a session and runs one transaction at a time;
// the server commits those of several together. What the server rolled back for others' sake is run
// again from its recorded steps, as long as they answer the same.
#pragma once

#include <memory>
#include <thread>
#include <vector>

#include "store/mariadb/connection.h"
#include "store/session.h"

namespace host::store::mariadb {

class WriteThreads {
 public:
  WriteThreads(Server& server, Tally& tally, const Settings& settings);
  ~WriteThreads();  // finishes the commands already given, rolls open transactions back, joins
  WriteThreads(const WriteThreads&) = delete;
  WriteThreads& operator=(const WriteThreads&) = delete;

  WriteQueue& queue() noexcept { return queue_; }

 private:
  void work();

  Server& server_;
  Tally& tally_;
  const Settings settings_;
  WriteQueue queue_;
  std::vector<std::thread> threads_;
};

}  // namespace host::store::mariadb
