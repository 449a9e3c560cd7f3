#include "loop/worker.h"

#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

namespace host::loop {

Worker::Worker(std::string name, int niceness)
    : name_(std::move(name)), niceness_(niceness), thread_([this] { work(); }) {}

Worker::~Worker() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Worker::submit(base::Function<void()> job) {
  {
    std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
  }
  wake_.notify_one();
}

void Worker::work() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  if (niceness_ != 0) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), niceness_);
  for (;;) {
    base::Function<void()> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    job();
  }
}

}  // namespace host::loop
