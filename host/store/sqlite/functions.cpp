#include "store/sqlite/functions.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <wctype.h>

#include <clocale>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

namespace host::store::sqlite {

namespace {

constexpr std::size_t longest_pattern = 5000;

// Alphabets are the C library's, whatever the language of the machine is.
locale_t letters() noexcept {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return locale;
}

std::string_view text_of(sqlite3_value* value) noexcept {
  auto* bytes = reinterpret_cast<const char*>(sqlite3_value_text(value));
  return bytes ? std::string_view(bytes, static_cast<std::size_t>(sqlite3_value_bytes(value))) : std::string_view();
}

// The character at the front, which is taken off; a byte that is none stands for itself.
char32_t take(std::string_view& text) noexcept {
  auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned first = at(0);
  std::size_t length = first < 0xc2 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 1;
  char32_t c = length == 1 ? first : first & (0xffu >> (length + 1));
  bool whole = text.size() >= length;
  for (std::size_t i = 1; whole && i < length; ++i) {
    whole = (at(i) & 0xc0u) == 0x80u;
    c = (c << 6) | (at(i) & 0x3fu);
  }
  if (!whole) {
    c = first;
    length = 1;
  }
  text.remove_prefix(length);
  return c;
}

char32_t lower(char32_t c) noexcept {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return letters() ? static_cast<char32_t>(::towlower_l(static_cast<wint_t>(c), letters())) : c;
}

char32_t upper(char32_t c) noexcept {
  if (c < 0x80) return c >= 'a' && c <= 'z' ? c - 32 : c;
  return letters() ? static_cast<char32_t>(::towupper_l(static_cast<wint_t>(c), letters())) : c;
}

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xc0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xe0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  } else {
    out += static_cast<char>(0xf0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3f));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (c & 0x3f));
  }
}

template <char32_t (*change)(char32_t) noexcept>
void change_case(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  std::string out;
  std::string_view text = text_of(values[0]);
  out.reserve(text.size());
  while (!text.empty()) {
    std::string_view before = text;
    char32_t c = take(text);
    // A byte that is no character stays one.
    if (c >= 0x80 && before.size() - text.size() == 1) {
      out += before[0];
    } else {
      append(out, change(c));
    }
  }
  sqlite3_result_text64(context, out.data(), out.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// `%` any text, `_` one character. Goes back to the last `%` only.
bool like(std::string_view pattern, std::string_view text, char32_t escape) noexcept {
  std::string_view again_pattern, again_text;
  bool any = false;
  for (;;) {
    std::string_view rest = pattern;
    char32_t wanted = rest.empty() ? 0 : take(rest);
    bool literal = escape && wanted == escape && !rest.empty();
    if (literal) wanted = take(rest);
    if (!pattern.empty() && !literal && wanted == '%') {
      any = true;
      pattern = again_pattern = rest;
      again_text = text;
      if (pattern.empty()) return true;
      continue;
    }
    if (pattern.empty() && text.empty()) return true;
    if (!pattern.empty() && !text.empty()) {
      std::string_view rest_text = text;
      char32_t c = take(rest_text);
      if ((!literal && wanted == '_') || c == wanted || lower(upper(c)) == lower(upper(wanted))) {
        pattern = rest;
        text = rest_text;
        continue;
      }
    }
    if (!any || again_text.empty()) return false;
    take(again_text);
    text = again_text;
    pattern = again_pattern;
  }
}

// like(pattern, text[, escape]) is what LIKE calls.
void like_function(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
  for (int i = 0; i < count; ++i) {
    if (sqlite3_value_type(values[i]) == SQLITE_NULL) return;
  }
  std::string_view pattern = text_of(values[0]);
  if (pattern.size() > longest_pattern) return sqlite3_result_error(context, "LIKE: the pattern is too long", -1);
  char32_t escape = 0;
  if (count == 3) {
    std::string_view text = text_of(values[2]);
    if (!text.empty()) escape = take(text);
    if (escape == 0 || !text.empty()) return sqlite3_result_error(context, "ESCAPE: one character is wanted", -1);
  }
  sqlite3_result_int(context, like(pattern, text_of(values[1]), escape));
}

void sec_to_time(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  if (sqlite3_value_type(values[0]) == SQLITE_NULL) return;
  long long seconds = sqlite3_value_int64(values[0]);
  std::string text = fmt::format("{}{:02}:{:02}:{:02}", seconds < 0 ? "-" : "", std::abs(seconds) / 3600,
                                 std::abs(seconds) / 60 % 60, std::abs(seconds) % 60);
  sqlite3_result_text64(context, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
}

// NULL for what is no date and time.
void addtime(sqlite3_context* context, int, sqlite3_value** values) noexcept {
  std::string start(text_of(values[0])), added(text_of(values[1]));
  std::tm parts{};
  bool negative = added.starts_with('-');
  long long hours = 0;
  int minutes = 0, seconds = 0;
  const char* end = ::strptime(start.c_str(), "%Y-%m-%d %H:%M:%S", &parts);
  if (!end || *end != 0 ||
      std::sscanf(added.c_str() + (negative ? 1 : 0), "%lld:%d:%d", &hours, &minutes, &seconds) != 3) {
    return;
  }
  long long more = hours * 3600 + minutes * 60 + seconds;
  std::time_t moment = ::timegm(&parts) + (negative ? -more : more);
  std::tm moved{};
  if (!::gmtime_r(&moment, &moved)) return;
  char text[64];
  std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &moved);
  sqlite3_result_text64(context, text, size, SQLITE_TRANSIENT, SQLITE_UTF8);
}

}  // namespace

int add_functions(sqlite3* connection) noexcept {
  constexpr int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  struct {
    const char* name;
    int count;
    void (*function)(sqlite3_context*, int, sqlite3_value**) noexcept;
  } constexpr functions[] = {
      {"lower", 1, change_case<lower>}, {"upper", 1, change_case<upper>}, {"like", 2, like_function},
      {"like", 3, like_function},       {"sec_to_time", 1, sec_to_time},  {"addtime", 2, addtime},
  };
  for (const auto& each : functions) {
    int code = sqlite3_create_function_v2(connection, each.name, each.count, flags, nullptr, each.function, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace host::store::sqlite
