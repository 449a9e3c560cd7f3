#include "loop/poll.h"

#include <uv.h>

#include "base/result.h"

namespace host::loop {

struct Poll::Handle {
  uv_poll_t poll;
  base::Function<void(bool, bool)> ready;
};

Poll::Poll(Loop& loop, int descriptor, base::Function<void(bool, bool)> ready)
    : handle_(new Handle{{}, std::move(ready)}) {
  CHECK(uv_poll_init(loop.raw(), &handle_->poll, descriptor) == 0);
  handle_->poll.data = handle_;
}

Poll::~Poll() {
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->poll), [](uv_handle_t* handle) noexcept {
    delete static_cast<Handle*>(handle->data);
  });
}

void Poll::watch(bool readable, bool writable) noexcept {
  int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  if (events == 0) {
    uv_poll_stop(&handle_->poll);
    return;
  }
  uv_poll_start(&handle_->poll, events, [](uv_poll_t* poll, int status, int events) noexcept {
    auto* handle = static_cast<Handle*>(poll->data);
    if (uv_is_closing(reinterpret_cast<uv_handle_t*>(poll))) return;
    handle->ready(status != 0 || (events & UV_READABLE), status != 0 || (events & UV_WRITABLE));
  });
}

}  // namespace host::loop
