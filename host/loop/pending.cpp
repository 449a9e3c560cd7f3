#include "loop/pending.h"

namespace host::loop {

namespace {
class CallOnDrop final : public Operation {
 public:
  explicit CallOnDrop(base::Function<void()> cancel) : cancel_(std::move(cancel)) {}
  ~CallOnDrop() override { cancel_(); }

 private:
  base::Function<void()> cancel_;
};
}  // namespace

Pending Pending::cancelled_by(base::Function<void()> cancel) {
  return Pending(std::make_unique<CallOnDrop>(std::move(cancel)));
}

}  // namespace host::loop
