#include "base/result.h"

namespace host::base {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "error base check failed: %s at=%s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace host::base
