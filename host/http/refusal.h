// Why a request is refused by the transport itself and is not worked on.
#pragma once

#include <string>

namespace host::http {

struct Refusal {
  int status = 0;      // 400, 408, 413, ...; 0: nothing is wrong
  std::string reason;  // one line, shown to the client

  explicit operator bool() const noexcept { return status != 0; }
};

}  // namespace host::http
