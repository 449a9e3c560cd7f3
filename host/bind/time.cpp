#include "bind/bind.h"

#include "base/text.h"
#include "codec/zone.h"
#include "script/args.h"
#include "script/push.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <new>
#include <string>

namespace host::bind {

namespace args = script::args;
using base::Result;
using codec::Zone;

namespace {

// The zones this state has asked for; a lane's own, so no lock. The registry keeps it.
using Zones = std::map<std::string, Zone, std::less<>>;

constexpr char zones_key = 0;

Zones& zones(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&zones_key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto* zones = static_cast<Zones*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return *zones;
}

int free_zones(lua_State* L) {
  static_cast<Zones*>(lua_touserdata(L, 1))->~Zones();
  return 0;
}

// "Europe/Rome": letters, digits, `_ + -` between slashes. No dot, so no way out.
bool zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.back() == '/') return false;
  char before = 0;
  for (char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '_' || c == '+' || c == '-';
    if (!letter && !(c == '/' && before != '/')) return false;
    before = c;
  }
  return true;
}

// A zone file has a few KiB and is read once, so it is read here.
Result<Zone> load(const std::string& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return base::not_found("no such time zone");
  std::string bytes(64 << 10, '\0');
  ssize_t size = ::read(file, bytes.data(), bytes.size());
  ::close(file);
  if (size < 0) return base::not_found("no such time zone");
  return Zone::parse(std::string_view(bytes).substr(0, static_cast<size_t>(size)));
}

// nullptr: no such zone. The host's own zone ("") falls back to UTC, as in libc.
const Zone* find(lua_State* L, std::string_view name) {
  Zones& known = zones(L);
  auto found = known.find(name);
  if (found != known.end()) return &found->second;
  std::string path;
  if (name.empty()) {
    const char* own = std::getenv("TZ");
    std::string_view given = own ? own : "";
    if (given.starts_with(':')) given.remove_prefix(1);
    path = zone_name(given) ? "/usr/share/zoneinfo/" + std::string(given) : "/etc/localtime";
    auto zone = load(path);
    return &known.emplace("", zone ? std::move(*zone) : Zone()).first->second;
  }
  if (!zone_name(name)) return nullptr;
  auto zone = load("/usr/share/zoneinfo/" + std::string(name));
  if (!zone) return nullptr;
  return &known.emplace(std::string(name), std::move(*zone)).first->second;
}

const Zone& zone_argument(lua_State* L, int index) {
  std::string_view name = args::string(L, index, "");
  const Zone* zone = name.empty() && !lua_isnoneornil(L, index) ? nullptr : find(L, name);
  if (!zone) luaL_argerror(L, index, "no such time zone");
  return *zone;
}

struct Moment {
  std::int64_t epoch;
  int microseconds;
  Zone::Offset offset;
  std::chrono::year_month_day date;
  std::chrono::weekday weekday;
  std::chrono::sys_days day;
  int hour, minute, second;
};

Moment moment(double epoch, const Zone& zone) {
  using namespace std::chrono;
  // A double of today keeps a quarter of a microsecond: rounded here, cut below, so that
  // .123 stays .123.
  auto total = static_cast<std::int64_t>(std::llround(epoch * 1e6));
  std::int64_t whole = total >= 0 ? total / 1'000'000 : -((-total + 999'999) / 1'000'000);
  Moment at{};
  at.epoch = whole;
  at.microseconds = static_cast<int>(total - whole * 1'000'000);
  at.offset = zone.at(whole);
  sys_seconds wall{seconds(whole + at.offset.seconds)};
  at.day = floor<days>(wall);
  at.date = year_month_day(at.day);
  at.weekday = weekday(at.day);
  auto rest = (wall - at.day).count();
  at.hour = static_cast<int>(rest / 3600);
  at.minute = static_cast<int>(rest / 60 % 60);
  at.second = static_cast<int>(rest % 60);
  return at;
}

constexpr const char* day_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                     "Thursday", "Friday", "Saturday"};
constexpr const char* month_names[] = {"January",   "February", "March",    "April",
                                       "May",       "June",     "July",     "August",
                                       "September", "October",  "November", "December"};

// ISO 8601 week and the year it belongs to: that of its Thursday.
std::pair<int, int> iso_week(const Moment& at) {
  using namespace std::chrono;
  sys_days thursday = at.day + days(4 - static_cast<int>(at.weekday.iso_encoding()));
  year_month_day date(thursday);
  int week = static_cast<int>((thursday - sys_days(date.year() / January / 1)).count() / 7) + 1;
  return {week, static_cast<int>(date.year())};
}

std::string offset_text(int seconds, const char* separator) {
  int minutes = std::abs(seconds) / 60;
  return fmt::format("{}{:02}{}{:02}", seconds < 0 ? '-' : '+', minutes / 60, separator,
                     minutes % 60);
}

// One letter behind the percent sign; false when it is none.
bool append_part(std::string& out, char letter, const Moment& at) {
  int year = static_cast<int>(at.date.year());
  unsigned month = static_cast<unsigned>(at.date.month());
  unsigned day = static_cast<unsigned>(at.date.day());
  int twelve = at.hour % 12 == 0 ? 12 : at.hour % 12;
  const char* weekday = day_names[at.weekday.c_encoding()];
  const char* month_name = month_names[month - 1];
  auto add = [&](auto format, auto... values) { out += fmt::format(fmt::runtime(format), values...); };
  switch (letter) {
    case 'Y': add("{:04}", year); break;
    case 'y': add("{:02}", year % 100); break;
    case 'C': add("{:02}", year / 100); break;
    case 'm': add("{:02}", month); break;
    case 'd': add("{:02}", day); break;
    case 'e': add("{:2}", day); break;
    case 'H': add("{:02}", at.hour); break;
    case 'k': add("{:2}", at.hour); break;
    case 'I': add("{:02}", twelve); break;
    case 'l': add("{:2}", twelve); break;
    case 'M': add("{:02}", at.minute); break;
    case 'S': add("{:02}", at.second); break;
    case 'p': out += at.hour < 12 ? "AM" : "PM"; break;
    case 'P': out += at.hour < 12 ? "am" : "pm"; break;
    case 'f': add("{:06}", at.microseconds); break;
    case 'a': out.append(weekday, 3); break;
    case 'A': out += weekday; break;
    case 'b':
    case 'h': out.append(month_name, 3); break;
    case 'B': out += month_name; break;
    case 'u': add("{}", at.weekday.iso_encoding()); break;
    case 'w': add("{}", at.weekday.c_encoding()); break;
    case 'j':
      add("{:03}", (at.day - std::chrono::sys_days(at.date.year() / 1 / 1)).count() + 1);
      break;
    case 'V': add("{:02}", iso_week(at).first); break;
    case 'G': add("{:04}", iso_week(at).second); break;
    case 's': add("{}", at.epoch); break;
    case 'z': out += offset_text(at.offset.seconds, ""); break;
    case 'Z': out += at.offset.name; break;
    case 'F': add("{:04}-{:02}-{:02}", year, month, day); break;
    case 'T': add("{:02}:{:02}:{:02}", at.hour, at.minute, at.second); break;
    case 'R': add("{:02}:{:02}", at.hour, at.minute); break;
    case 'D': add("{:02}/{:02}/{:02}", month, day, year % 100); break;
    case 'n': out += '\n'; break;
    case 't': out += '\t'; break;
    case '%': out += '%'; break;
    default: return false;
  }
  return true;
}

// Takes exactly `width` digits.
bool digits(std::string_view& text, size_t width, int& value) {
  if (text.size() < width) return false;
  value = 0;
  for (char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// What a text says, before a zone makes an instant of it.
struct Wall {
  std::int64_t seconds = 0;
  double fraction = 0;
  bool fixed = false;  // the text has its own offset
  int offset = 0;
};

bool parse_offset(std::string_view& text, Wall& wall) {
  if (take(text, 'Z') || take(text, 'z')) {
    wall.fixed = true;
    return true;
  }
  bool negative = take(text, '-');
  if (!negative && !take(text, '+')) return true;
  int hours = 0, minutes = 0;
  if (!digits(text, 2, hours)) return false;
  take(text, ':');
  if (!digits(text, 2, minutes) || hours > 18 || minutes > 59) return false;
  wall.fixed = true;
  wall.offset = (hours * 60 + minutes) * (negative ? -60 : 60);
  return true;
}

bool parse(std::string_view text, Wall& wall) {
  using namespace std::chrono;
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (!digits(text, 4, year) || !take(text, '-') || !digits(text, 2, month) || !take(text, '-') ||
      !digits(text, 2, day)) {
    return false;
  }
  year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                      std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok() || year == 0) return false;
  if (take(text, ' ') || take(text, 'T')) {
    if (!digits(text, 2, hour) || !take(text, ':') || !digits(text, 2, minute)) return false;
    if (take(text, ':')) {
      if (!digits(text, 2, second)) return false;
      if (take(text, '.')) {
        double unit = 0.1;
        int digit = 0;
        if (!digits(text, 1, digit)) return false;
        do {
          wall.fraction += digit * unit;
          unit /= 10;
        } while (digits(text, 1, digit));
      }
    }
    if (!parse_offset(text, wall)) return false;
  }
  // 60 is a leap second; it becomes the first of the next minute.
  if (!text.empty() || hour > 23 || minute > 59 || second > 60) return false;
  wall.seconds = sys_days(date).time_since_epoch().count() * std::int64_t{86400} + hour * 3600 +
                 minute * 60 + second;
  return true;
}

}  // namespace

static double now() {
  using namespace std::chrono;
  auto since = system_clock::now().time_since_epoch();
  return static_cast<double>(duration_cast<microseconds>(since).count()) / 1e6;
}

static int time_now(lua_State* L) {
  lua_pushnumber(L, now());
  return 1;
}

static int time_clock(lua_State* L) {
  auto since = std::chrono::steady_clock::now().time_since_epoch();
  lua_pushnumber(L, std::chrono::duration<double>(since).count());
  return 1;
}

static int time_format(lua_State* L) {
  std::string_view format = args::string(L, 1);
  double epoch = lua_isnoneornil(L, 2) ? now() : args::number(L, 2);
  // The years 0001 to 9999, in any zone.
  if (epoch < -62135500000.0 || epoch > 253402200000.0) luaL_argerror(L, 2, "a year 1 to 9999");
  Moment at = moment(epoch, zone_argument(L, 3));
  std::string out;
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') {
      out += format[i];
      continue;
    }
    std::string_view rest = format.substr(i + 1);
    if (rest.starts_with("3f")) {
      out += fmt::format("{:03}", at.microseconds / 1000);
      i += 2;
    } else if (rest.starts_with("6f")) {
      out += fmt::format("{:06}", at.microseconds);
      i += 2;
    } else if (rest.starts_with(":z")) {
      out += offset_text(at.offset.seconds, ":");
      i += 2;
    } else if (!rest.empty() && append_part(out, rest[0], at)) {
      i += 1;
    } else {
      luaL_argerror(L, 1, "an unknown % letter");
    }
  }
  return script::push_string(L, out);
}

static int time_parse(lua_State* L) {
  std::string_view text = args::string(L, 1);
  const Zone& zone = zone_argument(L, 2);
  Wall wall;
  if (!parse(base::text::trim(text), wall)) {
    return script::push_error(
        L, base::invalid("not a date or time: " + std::string(text.substr(0, 40))));
  }
  std::int64_t epoch = wall.fixed ? wall.seconds - wall.offset : zone.instant(wall.seconds);
  lua_pushnumber(L, static_cast<double>(epoch) + wall.fraction);
  return 1;
}

static int time_known_zone(lua_State* L) {
  std::string_view name = args::string(L, 1);
  lua_pushboolean(L, !name.empty() && find(L, name) != nullptr);
  return 1;
}

void open_time(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&zones_key));
  new (lua_newuserdata(L, sizeof(Zones))) Zones();
  lua_newtable(L);
  lua_pushcfunction(L, free_zones);
  lua_setfield(L, -2, "__gc");
  lua_setmetatable(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
  static constexpr luaL_Reg functions[] = {{"now", time_now},
                                           {"format", time_format},
                                           {"parse", time_parse},
                                           {"clock", time_clock},
                                           {"known_zone", time_known_zone},
                                           {nullptr, nullptr}};
  open_module(L, "time", functions);
}

}  // namespace host::bind
