// JSON text (RFC 8259): a strict parser that reports events, and append functions for
// writing. Knows no value type of its own, so nothing is built that is not needed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace host::codec::json {

inline constexpr int max_depth = 64;  // arrays and objects inside each other, when parsing

// Receives the values in document order. Views are valid during the call. When parse()
// fails, the events so far are of no use.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual void null() = 0;
  virtual void boolean(bool value) = 0;
  virtual void number(double value) = 0;  // integers up to 2^53 are exact
  // A whole number beyond 2^53: `digits` as they stand there, `value` rounded.
  virtual void whole([[maybe_unused]] std::string_view digits, double value) { number(value); }
  virtual void string(std::string_view text) = 0;
  virtual void begin_array() = 0;
  virtual void end_array() = 0;
  virtual void begin_object() = 0;
  virtual void key(std::string_view name) = 0;
  virtual void end_object() = 0;
};

// Errors: `invalid`, "json: ... at byte N" counted from 0; not UTF-8 and a depth over
// max_depth are errors too. A byte order mark at the start is skipped.
base::Result<void> parse(std::string_view text, Handler& handler);

struct Format {
  bool php = false;     // as PHP's json_encode: `\/`, and non-ASCII as \uXXXX
  bool indent = false;  // two blanks a level
};

// What follows `out` is one JSON string, quotes included. Bytes that are no UTF-8 become
// U+FFFD: a caller's name in Latin-1 must not break a whole answer.
void append_string(std::string& out, std::string_view text, bool php = false);
// Shortest text that reads back as the same number; `value` is finite.
void append_number(std::string& out, double value);
void append_integer(std::string& out, long long value);

}  // namespace host::codec::json
