#include "loop/signal.h"

#include <uv.h>

namespace host::loop {

struct Signal::Handle {
  uv_signal_t signal;
  base::Function<void()> callback;
  bool detached = false;
};

Signal::Signal(Loop& loop, int number, base::Function<void()> callback) : handle_(new Handle) {
  handle_->callback = std::move(callback);
  uv_signal_init(loop.raw(), &handle_->signal);
  handle_->signal.data = handle_;
  uv_signal_start(
      &handle_->signal,
      [](uv_signal_t* signal, int) noexcept {
        auto* self = static_cast<Handle*>(signal->data);
        if (!self->detached) self->callback();
      },
      number);
}

Signal::~Signal() {
  handle_->detached = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->signal),
           [](uv_handle_t* handle) noexcept { delete static_cast<Handle*>(handle->data); });
}

}  // namespace host::loop
