// XML text: a parser for small documents without DTD, and append functions for writing.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace host::codec::xml {

inline constexpr int max_depth = 64;
inline constexpr std::size_t max_size = 8 << 20;
inline constexpr std::size_t max_tags = 200'000;  // a tag takes far more memory than text

// Receives the document in order. Views are valid during the call. The events come only
// when the whole text is well formed.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void begin(std::string_view name) = 0;
  virtual void attribute(std::string_view name, std::string_view value) = 0;
  virtual void text(std::string_view text) = 0;  // may come in pieces
  virtual void end() = 0;
};

// In UTF-8, UTF-16 or the encoding its declaration names (codec/charset.h).
// Errors: `invalid`, "xml: ... at line N". Not in its encoding, a DTD, an entity other than the
// five and character references, a processing instruction, depth, size.
base::Result<void> parse(std::string_view text, Handler& handler);

// Escaped text. Characters XML 1.0 cannot hold are dropped; what is no UTF-8 becomes U+FFFD.
void append_text(std::string& out, std::string_view text);
// The same for between double quotes.
void append_attribute(std::string& out, std::string_view text);

// An element or attribute name: letters, digits, `_ - . :`, not starting with `- .` or a digit.
bool valid_name(std::string_view name) noexcept;

}  // namespace host::codec::xml
