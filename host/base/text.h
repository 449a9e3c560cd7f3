// Small pure functions on text, used everywhere.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace host::base::text {

std::string lower(std::string_view text);
std::string_view trim(std::string_view text) noexcept;
bool iequals(std::string_view a, std::string_view b) noexcept;
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) noexcept;

// "a,b,,c" by ',' gives a, b, "", c; the empty text gives one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string hex(std::string_view bytes);
std::optional<std::string> unhex(std::string_view text);

// RFC 3986 percent decoding; `plus_is_space` for form data. nullopt: a broken escape.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

// Decimal only, no sign, no blank, must fit.
std::optional<long long> integer(std::string_view text) noexcept;

bool valid_utf8(std::string_view bytes) noexcept;

// True when it holds CR, LF or NUL, which may never reach AMI, a dialplan or a header.
bool has_line_break(std::string_view text) noexcept;

}  // namespace host::base::text
