// A text as one JSON string.
#pragma once

#include <string>
#include <string_view>

#include "codec/json.h"

namespace host::codec::json {

inline std::string quoted(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

}  // namespace host::codec::json
