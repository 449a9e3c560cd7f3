// The reader threads of a store. Queries have a connection per thread; a stream has one
// of its own and runs in slices, so that a slow client holds no thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/function.h"
#include "store/connection.h"

namespace host::store {

class ReadPool {
 public:
  // A thread that cannot connect answers every query with that error.
  ReadPool(Connect connect, unsigned threads, unsigned max_streams);
  ~ReadPool();  // finishes the running jobs, drops the others, joins
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  using Job = base::Function<void(base::Result<Connection*>)>;
  void submit(Job query);
  // Runs after waiting queries, and never on all threads at once.
  void submit_slice(base::Function<void()> slice);

  base::Result<std::unique_ptr<Connection>> take_stream_connection();
  void give_back(std::unique_ptr<Connection> connection);

 private:
  void work(unsigned number);
  bool slice_may_run() const noexcept;

  const Connect connect_;
  const unsigned max_slices_;
  const unsigned max_streams_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queries_;
  std::deque<base::Function<void()>> slices_;
  unsigned slices_running_ = 0;
  unsigned streams_ = 0;
  std::vector<std::unique_ptr<Connection>> idle_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace host::store
