// Pending: an operation somebody waits for. Dropping it cancels: its callback will
// not run any more. A callback runs at most once and never before the call that
// started the operation has returned; the Pending may be destroyed inside it.
#pragma once

#include <memory>
#include <utility>

#include "base/function.h"

namespace host::loop {

// What a Pending owns; its destructor is the cancellation.
class Operation {
 public:
  Operation() = default;
  Operation(const Operation&) = delete;
  Operation& operator=(const Operation&) = delete;
  virtual ~Operation() = default;
};

class [[nodiscard]] Pending {
 public:
  Pending() = default;
  explicit Pending(std::unique_ptr<Operation> operation) : operation_(std::move(operation)) {}

  // An operation that is cancelled by calling `cancel` once.
  static Pending cancelled_by(base::Function<void()> cancel);

  explicit operator bool() const noexcept { return operation_ != nullptr; }

 private:
  std::unique_ptr<Operation> operation_;
};

}  // namespace host::loop
