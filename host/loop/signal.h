// One Unix signal delivered on the loop. After the destructor returns, no callback runs.
#pragma once

#include "base/function.h"
#include "loop/loop.h"

namespace host::loop {

class Signal {
 public:
  Signal(Loop& loop, int number, base::Function<void()> callback);
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

 private:
  struct Handle;
  Handle* handle_;
};

}  // namespace host::loop
