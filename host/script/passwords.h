// Passwords: how many wait to be checked, of all lanes. Each takes a core for a tenth of a second and 32 MiB, and
// anybody can send one. Thread-safe; outlives the lanes.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "base/log.h"
#include "base/seldom.h"

namespace host::script {

class Passwords : public std::enable_shared_from_this<Passwords> {
 public:
  explicit Passwords(unsigned most = 64) : most_(most) {}
  Passwords(const Passwords&) = delete;
  Passwords& operator=(const Passwords&) = delete;

  // One counts as long as this is kept: until it is checked, whoever gave it up. Null: too many wait.
  std::shared_ptr<void> enter() {
    if (waiting_.fetch_add(1) < most_) return {this, [self = shared_from_this()](void*) { self->waiting_.fetch_sub(1); }};
    waiting_.fetch_sub(1);
    refused_.fetch_add(1);
    std::lock_guard lock(mutex_);
    if (auto times = told_.times()) base::log::warn("script", "too many passwords wait to be checked", {{"times", times}});
    return nullptr;
  }

  std::uint64_t refused() const noexcept { return refused_; }

 private:
  const unsigned most_;
  std::atomic<unsigned> waiting_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::mutex mutex_;
  base::Seldom told_;  // at once, then seldom with how often
};

}  // namespace host::script
