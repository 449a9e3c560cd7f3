// Reader threads of a SQLite store. Queries have a connection per thread; a stream
// has one of its own and runs in slices, so that a slow client holds no thread.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/function.h"
#include "store/sqlite.h"

namespace host::store {

class ReadPool {
 public:
  // The path must have been opened once before: a thread that cannot open it answers
  // every query with that error.
  ReadPool(std::string path, unsigned threads, unsigned max_streams);
  ~ReadPool();  // finishes the running jobs, drops the others, joins
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  using Job = base::Function<void(base::Result<sqlite::Connection*>)>;
  void submit(Job query);
  // Runs after waiting queries, and never on all threads at once.
  void submit_slice(base::Function<void()> slice);

  base::Result<std::unique_ptr<sqlite::Connection>> take_stream_connection();
  void give_back(std::unique_ptr<sqlite::Connection> connection);

 private:
  void work(unsigned number);
  bool slice_may_run() const noexcept;

  const std::string path_;
  const unsigned max_slices_;
  const unsigned max_streams_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> queries_;
  std::deque<base::Function<void()>> slices_;
  unsigned slices_running_ = 0;
  unsigned streams_ = 0;
  std::vector<std::unique_ptr<sqlite::Connection>> idle_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace host::store
