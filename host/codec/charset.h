// Text of another encoding as UTF-8: those that old clients of XML write.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace host::codec::charset {

// `name` in any case: US-ASCII, ISO-8859-1 to -16, windows-1250 to -1258, UTF-16, UTF-16LE, UTF-16BE, UTF-8.
// Errors: `invalid` another name, or bytes that the encoding does not have.
base::Result<std::string> to_utf8(std::string_view text, std::string_view name);

}  // namespace host::codec::charset
