// Conditional requests and ranges (RFC 9110 13 and 14) for a file: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace host::http {

// The request headers that matter here; empty: not sent.
struct Conditions {
  std::string if_match;
  std::string if_none_match;
  std::string if_modified_since;
  std::string if_unmodified_since;
  std::string if_range;
  std::string range;
};

struct Validators {
  std::string etag;           // with its quotes, perhaps W/
  std::int64_t modified = 0;  // seconds since 1970
};

// What to send of `size` bytes.
struct Selection {
  int status = 200;  // 200, 206, 304, 412 or 416
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

Selection select(const Conditions& conditions, const Validators& validators, std::uint64_t size,
                 bool ranges_allowed);

// "Sun, 06 Nov 1994 08:49:37 GMT", and back (that form only; others are ignored).
std::string http_date(std::int64_t seconds);
std::optional<std::int64_t> parse_http_date(std::string_view text);

}  // namespace host::http
