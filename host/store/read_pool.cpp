#include "store/read_pool.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

namespace host::store {

namespace {
constexpr std::size_t kept_stream_connections = 4;
// Lanes come first when the cores are few: an export may be late, a request may not.
constexpr int niceness = 5;
}  // namespace

ReadPool::ReadPool(Connect connect, unsigned threads, unsigned max_streams)
    : connect_(std::move(connect)),
      max_slices_(std::max(1u, threads - (threads > 0 ? 1 : 0))),
      max_streams_(max_streams) {
  for (unsigned i = 0; i < std::max(1u, threads); ++i) threads_.emplace_back([this, i] { work(i); });
}

ReadPool::~ReadPool() {
  std::deque<Job> queries;
  std::deque<base::Function<void()>> slices;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    queries.swap(queries_);
    slices.swap(slices_);
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void ReadPool::submit(Job query) {
  {
    std::lock_guard lock(mutex_);
    queries_.push_back(std::move(query));
  }
  wake_.notify_one();
}

void ReadPool::submit_slice(base::Function<void()> slice) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return;
    slices_.push_back(std::move(slice));
  }
  wake_.notify_one();
}

bool ReadPool::slice_may_run() const noexcept {
  return !slices_.empty() && slices_running_ < max_slices_;
}

void ReadPool::work(unsigned number) {
  pthread_setname_np(pthread_self(), fmt::format("read-{}", number).c_str());
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness);
  auto connection = connect_();

  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !queries_.empty() || slice_may_run(); });
    if (stopping_) return;
    if (!queries_.empty()) {
      Job query = std::move(queries_.front());
      queries_.pop_front();
      lock.unlock();
      if (!connection || !(*connection)->reusable()) connection = connect_();
      if (connection) {
        query(connection->get());
      } else {
        query(connection.error());
      }
      query = nullptr;  // what it holds dies without the lock
      lock.lock();
      continue;
    }
    auto slice = std::move(slices_.front());
    slices_.pop_front();
    ++slices_running_;
    lock.unlock();
    slice();
    slice = nullptr;
    lock.lock();
    --slices_running_;
    if (slice_may_run()) wake_.notify_one();
  }
}

base::Result<std::unique_ptr<Connection>> ReadPool::take_stream_connection() {
  {
    std::lock_guard lock(mutex_);
    if (streams_ >= max_streams_) {
      return base::unavailable(fmt::format("store: {} exports are running", streams_));
    }
    ++streams_;
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  auto opened = connect_();
  if (!opened) give_back(nullptr);
  return opened;
}

void ReadPool::give_back(std::unique_ptr<Connection> connection) {
  std::lock_guard lock(mutex_);
  --streams_;
  if (connection && connection->reusable() && idle_.size() < kept_stream_connections) idle_.push_back(std::move(connection));
}

}  // namespace host::store
