// Mailbox: posts to a loop that may be gone. Call: carries a result from a service thread to
// the lane that waits for it; it lives on its lane, service threads only hold it and hand it
// back through the lane's Mailbox.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::loop {

// One per loop and service. After close() nothing reaches the loop any more, so
// other threads may outlive it.
class Mailbox {
 public:
  explicit Mailbox(Loop& loop) : loop_(&loop) {}

  void close() {
    std::lock_guard lock(mutex_);
    loop_ = nullptr;
  }
  void post(base::Function<void()> work) {
    std::lock_guard lock(mutex_);
    if (loop_) loop_->post(std::move(work));
  }

 private:
  std::mutex mutex_;
  Loop* loop_;
};

template <typename T>
class Call {
 public:
  using Done = base::Function<void(base::Result<T>)>;

  Call(std::shared_ptr<Mailbox> mailbox, Done done)
      : mailbox_(std::move(mailbox)), done_(std::move(done)) {}

  // For the one who waits; dropping it cancels.
  static Pending pending(std::shared_ptr<Call> call) {
    return Pending::cancelled_by([call = std::move(call)] {
      call->cancelled = true;
      call->done_ = nullptr;
    });
  }

  // From the service thread, once.
  static void answer(std::shared_ptr<Call> call, base::Result<T> result) {
    auto mailbox = call->mailbox_;  // the call may be gone before post() returns
    mailbox->post([call = std::move(call), result = std::move(result)]() mutable {
      if (!call->done_) return;
      // Moved out, so that what it holds dies here and not on the service thread.
      auto done = std::move(call->done_);
      call->done_ = nullptr;
      done(std::move(result));
    });
  }

  std::atomic<bool> cancelled{false};

 private:
  std::shared_ptr<Mailbox> mailbox_;
  Done done_;  // touched on the lane only
};

}  // namespace host::loop
