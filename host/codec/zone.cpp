#include "codec/zone.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>

namespace host::codec {

namespace {

// Big-endian numbers, one after another; reading past the end sets `failed`.
struct Bytes {
  std::string_view rest;
  bool failed = false;

  std::int64_t number(size_t size) {
    if (rest.size() < size) {
      failed = true;
      return 0;
    }
    std::uint64_t value = rest[0] & 0x80 ? ~0ull : 0;
    for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(rest[i]);
    rest.remove_prefix(size);
    return static_cast<std::int64_t>(value);
  }
  void skip(size_t size) {
    if (rest.size() < size) failed = true;
    rest.remove_prefix(std::min(size, rest.size()));
  }
};

struct Counts {
  size_t utc, standard, leaps, times, types, characters;
};

bool header(Bytes& bytes, Counts& counts) {
  if (!bytes.rest.starts_with("TZif")) return false;
  bytes.skip(20);
  for (size_t* count : {&counts.utc, &counts.standard, &counts.leaps, &counts.times, &counts.types,
                        &counts.characters}) {
    std::int64_t value = bytes.number(4);
    if (value < 0 || value > 100000) return false;
    *count = static_cast<size_t>(value);
  }
  return !bytes.failed;
}

// Takes a number from the front of `text`.
bool take_number(std::string_view& text, int& value) {
  auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc()) return false;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// "CET" or "<-03>".
bool take_name(std::string_view& text, std::string& name) {
  if (take(text, '<')) {
    size_t end = text.find('>');
    if (end == std::string_view::npos) return false;
    name = text.substr(0, end);
    text.remove_prefix(end + 1);
    return true;
  }
  size_t end = 0;
  while (end < text.size() && ((text[end] | 32) >= 'a' && (text[end] | 32) <= 'z')) ++end;
  name = text.substr(0, end);
  text.remove_prefix(end);
  return end > 0;
}

// "[-+]hh[:mm[:ss]]" as seconds.
bool take_time(std::string_view& text, int& seconds) {
  bool negative = take(text, '-');
  if (!negative) take(text, '+');
  int hours = 0, minutes = 0, rest = 0;
  if (!take_number(text, hours) || hours < 0 || hours > 167) return false;
  if (take(text, ':') && (!take_number(text, minutes) || minutes < 0 || minutes > 59)) return false;
  if (take(text, ':') && (!take_number(text, rest) || rest < 0 || rest > 59)) return false;
  seconds = hours * 3600 + minutes * 60 + rest;
  if (negative) seconds = -seconds;
  return true;
}

std::int64_t day_number(std::chrono::sys_days day) { return day.time_since_epoch().count(); }

}  // namespace

std::int64_t Zone::Change::in(int year) const noexcept {
  using namespace std::chrono;
  std::int64_t days = 0;
  if (kind == 'M') {
    std::chrono::year y(year);
    std::chrono::month m(static_cast<unsigned>(month));
    std::chrono::weekday w(static_cast<unsigned>(day));
    days = week == 5 ? day_number(sys_days(y / m / w[last]))
                     : day_number(sys_days(y / m / w[static_cast<unsigned>(week)]));
  } else {
    days = day_number(sys_days(std::chrono::year(year) / January / 1)) + day;
    if (kind == 'J') {
      // Counted from 1, and 29 February is never counted.
      days -= 1;
      if (std::chrono::year(year).is_leap() && day >= 60) days += 1;
    }
  }
  return days * 86400 + seconds;
}

// "CET-1CEST,M3.5.0,M10.5.0/3"
bool Zone::parse_rule(std::string_view text) {
  int west = 0;
  if (!take_name(text, standard_.name) || !take_time(text, west)) return false;
  standard_.seconds = -west;
  if (text.empty()) return true;
  if (!take_name(text, summer_.name)) return false;
  summer_.summer = true;
  summer_.seconds = standard_.seconds + 3600;
  if (!text.empty() && text.front() != ',') {
    if (!take_time(text, west)) return false;
    summer_.seconds = -west;
  }
  for (Change* change : {&begin_, &end_}) {
    if (!take(text, ',')) return false;
    if (take(text, 'M')) {
      change->kind = 'M';
      if (!take_number(text, change->month) || !take(text, '.') ||
          !take_number(text, change->week) || !take(text, '.') ||
          !take_number(text, change->day) || change->month < 1 || change->month > 12 ||
          change->week < 1 || change->week > 5 || change->day < 0 || change->day > 6) {
        return false;
      }
    } else {
      change->kind = take(text, 'J') ? 'J' : 0;
      if (!take_number(text, change->day) || change->day < 0 || change->day > 365) return false;
    }
    if (take(text, '/') && !take_time(text, change->seconds)) return false;
  }
  has_summer_ = true;
  return text.empty();
}

base::Result<Zone> Zone::parse(std::string_view text) {
  base::Error broken = base::invalid("not a time zone file");
  Bytes bytes{text};
  Counts counts{};
  if (!header(bytes, counts)) return broken;
  size_t width = 4;
  if (text.size() > 4 && text[4] >= '2') {
    // The first block is for readers of 32-bit times.
    bytes.skip(counts.times * 5 + counts.types * 6 + counts.characters + counts.leaps * 8 +
               counts.standard + counts.utc);
    if (bytes.failed || !header(bytes, counts)) return broken;
    width = 8;
  }
  Zone zone;
  zone.offsets_.clear();
  std::vector<std::int64_t> times;
  for (size_t i = 0; i < counts.times; ++i) times.push_back(bytes.number(width));
  for (size_t i = 0; i < counts.times; ++i) {
    zone.transitions_.push_back({times[i], static_cast<unsigned>(bytes.number(1) & 0xff)});
  }
  std::vector<size_t> names;
  for (size_t i = 0; i < counts.types; ++i) {
    Offset offset;
    offset.seconds = static_cast<int>(bytes.number(4));
    offset.summer = bytes.number(1) != 0;
    names.push_back(static_cast<size_t>(bytes.number(1) & 0xff));
    zone.offsets_.push_back(offset);
  }
  if (bytes.failed || zone.offsets_.empty() || bytes.rest.size() < counts.characters) return broken;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i] >= counts.characters) return broken;
    std::string_view name = bytes.rest.substr(names[i], counts.characters - names[i]);
    zone.offsets_[i].name = name.substr(0, name.find('\0'));
    // A day and more would make no sense and spoil the search in instant().
    if (zone.offsets_[i].seconds <= -93600 || zone.offsets_[i].seconds >= 93600) return broken;
  }
  for (const Transition& transition : zone.transitions_) {
    if (transition.offset >= zone.offsets_.size()) return broken;
  }
  if (width == 8) {
    bytes.skip(counts.characters + counts.leaps * 12 + counts.standard + counts.utc);
    size_t end = bytes.rest.size() > 1 ? bytes.rest.find('\n', 1) : std::string_view::npos;
    if (!bytes.failed && bytes.rest.starts_with('\n') && end != std::string_view::npos) {
      zone.has_rule_ = zone.parse_rule(bytes.rest.substr(1, end - 1));
    }
  }
  return zone;
}

const Zone::Offset& Zone::at(std::int64_t epoch) const noexcept {
  auto after = std::upper_bound(
      transitions_.begin(), transitions_.end(), epoch,
      [](std::int64_t value, const Transition& transition) { return value < transition.at; });
  if (after == transitions_.end() && has_rule_) {
    if (!has_summer_) return standard_;
    using namespace std::chrono;
    year_month_day date(floor<days>(sys_seconds(seconds(epoch + standard_.seconds))));
    int year = static_cast<int>(date.year());
    std::int64_t begin = begin_.in(year) - standard_.seconds;
    std::int64_t end = end_.in(year) - summer_.seconds;
    bool summer = begin < end ? epoch >= begin && epoch < end : !(epoch >= end && epoch < begin);
    return summer ? summer_ : standard_;
  }
  if (after == transitions_.begin()) return offsets_.front();
  return offsets_[std::prev(after)->offset];
}

std::int64_t Zone::instant(std::int64_t wall) const noexcept {
  int before = at(wall - 86400).seconds;
  int after = at(wall + 86400).seconds;
  for (int offset : {before, after}) {
    if (at(wall - offset).seconds == offset) return wall - offset;
  }
  return wall - before;
}

}  // namespace host::codec
