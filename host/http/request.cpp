#include "http/request.h"

#include <unistd.h>

namespace host::http {

TemporaryFile::~TemporaryFile() { ::unlink(path_.c_str()); }

std::string_view Request::header(std::string_view name) const noexcept {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

}  // namespace host::http
