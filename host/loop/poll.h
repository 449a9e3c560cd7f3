// Poll: readiness of a descriptor that a C library owns (libcurl's sockets). Destroy it
// before the descriptor is closed; after that its callback does not run.
#pragma once

#include "base/function.h"
#include "loop/loop.h"

namespace host::loop {

class Poll {
 public:
  // `ready(readable, writable)`; an error on the descriptor counts as both.
  Poll(Loop& loop, int descriptor, base::Function<void(bool, bool)> ready);
  ~Poll();
  Poll(const Poll&) = delete;
  Poll& operator=(const Poll&) = delete;

  void watch(bool readable, bool writable) noexcept;

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace host::loop
