#include "http/precondition.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

#include "base/text.h"

namespace host::http {

using base::text::trim;

static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                              "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::string http_date(std::int64_t seconds) {
  std::time_t time = seconds;
  std::tm utc{};
  gmtime_r(&time, &utc);
  char text[64];
  int length = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT",
                             days[utc.tm_wday].data(), utc.tm_mday, months[utc.tm_mon].data(),
                             utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
  return std::string(text, static_cast<std::size_t>(length));
}

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  text = trim(text);
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") {
    return std::nullopt;
  }
  auto month = std::find(std::begin(months), std::end(months), text.substr(8, 3));
  auto number = [&](std::size_t at, std::size_t length) {
    return base::text::integer(text.substr(at, length)).value_or(-1);
  };
  std::tm utc{};
  utc.tm_mday = static_cast<int>(number(5, 2));
  utc.tm_mon = static_cast<int>(month - std::begin(months));
  utc.tm_year = static_cast<int>(number(12, 4)) - 1900;
  utc.tm_hour = static_cast<int>(number(17, 2));
  utc.tm_min = static_cast<int>(number(20, 2));
  utc.tm_sec = static_cast<int>(number(23, 2));
  bool good = month != std::end(months) && utc.tm_mday >= 1 && utc.tm_year >= -300 &&
              utc.tm_hour >= 0 && utc.tm_min >= 0 && utc.tm_sec >= 0;
  if (!good) return std::nullopt;
  return timegm(&utc);
}

static std::string_view opaque(std::string_view tag) noexcept {
  return tag.substr(0, 2) == "W/" ? tag.substr(2) : tag;
}

// Whether a list of entity tags names `etag`. Strong comparison never matches a weak one.
static bool names_tag(std::string_view list, std::string_view etag, bool strong) {
  if (trim(list) == "*") return true;
  for (std::string_view item : base::text::split(list, ',')) {
    item = trim(item);
    if (strong ? item == etag && item.substr(0, 2) != "W/" : opaque(item) == opaque(etag)) {
      return true;
    }
  }
  return false;
}

static bool range_still_valid(const Conditions& conditions, const Validators& validators) {
  std::string_view value = trim(conditions.if_range);
  if (value.empty()) return true;
  if (value.front() == '"' || value.substr(0, 2) == "W/") {
    return value == validators.etag && value.front() == '"';
  }
  auto date = parse_http_date(value);
  return date && *date == validators.modified;
}

// One `bytes=` range. nullopt: not understood, or several: the header is then ignored.
static std::optional<Selection> parse_range(std::string_view text, std::uint64_t size) {
  text = trim(text);
  if (!base::text::starts_with_ignoring_case(text, "bytes=")) return std::nullopt;
  text = trim(text.substr(6));
  std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::string_view first = trim(text.substr(0, dash));
  std::string_view last = trim(text.substr(dash + 1));
  auto from = base::text::integer(first);
  auto to = base::text::integer(last);
  if ((!first.empty() && !from) || (!last.empty() && !to) || (first.empty() && last.empty())) {
    return std::nullopt;
  }
  Selection unsatisfiable{416, 0, 0};
  if (first.empty()) {
    auto suffix = static_cast<std::uint64_t>(*to);
    if (suffix == 0 || size == 0) return unsatisfiable;
    suffix = std::min(suffix, size);
    return Selection{206, size - suffix, suffix};
  }
  auto begin = static_cast<std::uint64_t>(*from);
  if (to && *to < *from) return std::nullopt;
  if (begin >= size) return unsatisfiable;
  std::uint64_t end = to ? std::min(static_cast<std::uint64_t>(*to), size - 1) : size - 1;
  return Selection{206, begin, end - begin + 1};
}

Selection select(const Conditions& conditions, const Validators& validators, std::uint64_t size,
                 bool ranges_allowed) {
  if (!conditions.if_match.empty()) {
    if (!names_tag(conditions.if_match, validators.etag, true)) return {412, 0, 0};
  } else if (!conditions.if_unmodified_since.empty()) {
    auto date = parse_http_date(conditions.if_unmodified_since);
    if (date && validators.modified > *date) return {412, 0, 0};
  }
  if (!conditions.if_none_match.empty()) {
    if (names_tag(conditions.if_none_match, validators.etag, false)) return {304, 0, 0};
  } else if (!conditions.if_modified_since.empty()) {
    auto date = parse_http_date(conditions.if_modified_since);
    if (date && validators.modified <= *date) return {304, 0, 0};
  }
  if (ranges_allowed && !conditions.range.empty() && range_still_valid(conditions, validators)) {
    if (auto range = parse_range(conditions.range, size)) return *range;
  }
  return {200, 0, size};
}

}  // namespace host::http
