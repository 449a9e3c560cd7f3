// application/x-www-form-urlencoded, as query strings and bodies carry it: ordered
// name/value pairs. Pure functions on bytes; duplicates are kept.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::codec::form {

struct Field {
  std::string name;
  std::string value;
  bool operator==(const Field&) const = default;
};
using Fields = std::vector<Field>;

// "a=b&c" gives {a,b} and {c,""}; empty pieces ("a=1&&b=2") are skipped. A broken
// escape, a NUL, or more than `max_fields` fields is `invalid`.
base::Result<Fields> parse(std::string_view text, std::size_t max_fields = 1000);

// The opposite; everything but unreserved characters is escaped, a blank as %20.
std::string build(const Fields& fields);

// First value of a field, or nullptr.
const std::string* find(const Fields& fields, std::string_view name) noexcept;

}  // namespace host::codec::form
