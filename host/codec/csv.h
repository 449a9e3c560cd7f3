// CSV text (RFC 4180): a parser, and an append function small enough to be inlined into
// a loop over a million rows.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace host::codec::csv {

inline bool needs_quotes(std::string_view value, char separator) noexcept {
  for (char c : value) {
    // All that matters but the separator is at or below the double quote.
    if (c == separator) return true;
    if (static_cast<unsigned char>(c) <= '"' &&
        (c == '"' || c == ' ' || c == '\n' || c == '\r' || c == '\t')) {
      return true;
    }
  }
  return false;
}

void append_quoted(std::string& out, std::string_view value);

// A value with the separator, a quote, a blank (space, tab) or a line break is quoted.
inline void append_field(std::string& out, std::string_view value, char separator = ',') {
  if (needs_quotes(value, separator)) {
    append_quoted(out, value);
  } else {
    out.append(value);
  }
}

// Views are valid during the call.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void field(std::string_view value) = 0;
  virtual void end_row() = 0;
};

// Lines end with LF or CRLF; empty lines and a byte order mark are skipped; a quote inside
// an unquoted value is itself. Errors: `invalid`, "csv: ... at line N".
base::Result<void> parse(std::string_view text, char separator, Handler& handler);

}  // namespace host::codec::csv
