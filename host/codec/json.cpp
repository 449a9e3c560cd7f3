#include "codec/json.h"

#include <charconv>
#include <cstdint>
#include <cstring>

#include "codec/utf8.h"

namespace host::codec::json {

// A parser of ours, for the reasons and with the numbers of docs/decisions/0004-json.md.
namespace {

class Reader {
 public:
  Reader(std::string_view text, Handler& handler)
      : begin_(text.data()), at_(text.data()), end_(text.data() + text.size()), handler_(handler) {}

  base::Result<void> document() {
    if (std::string_view(at_, end_).substr(0, 3) == "\xef\xbb\xbf") at_ += 3;
    skip_blank();
    if (at_ == end_) return fail("empty text");
    if (!value()) return fail(problem_);
    skip_blank();
    if (at_ != end_) return fail("text after the value");
    return {};
  }

 private:
  base::Error fail(const char* problem) const {
    return base::invalid("json: " + std::string(problem) + " at byte " +
                         std::to_string(at_ - begin_));
  }
  bool wrong(const char* problem) noexcept {
    problem_ = problem;
    return false;
  }
  void skip_blank() noexcept {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t')) ++at_;
  }
  bool take(char c) noexcept {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool value() {
    if (at_ == end_) return wrong("unexpected end");
    switch (*at_) {
      case '{': return object();
      case '[': return array();
      case '"': {
        std::string_view text;
        if (!string(text)) return false;
        handler_.string(text);
        return true;
      }
      case 't':
        if (!word("true")) return false;
        handler_.boolean(true);
        return true;
      case 'f':
        if (!word("false")) return false;
        handler_.boolean(false);
        return true;
      case 'n':
        if (!word("null")) return false;
        handler_.null();
        return true;
      default: return number();
    }
  }

  bool word(std::string_view expected) noexcept {
    if (std::string_view(at_, end_).substr(0, expected.size()) != expected) {
      return wrong("unknown word");
    }
    at_ += expected.size();
    return true;
  }

  bool array() {
    if (++depth_ > max_depth) return wrong("deeper than 64");
    ++at_;
    handler_.begin_array();
    skip_blank();
    if (!take(']')) {
      for (;;) {
        if (!value()) return false;
        skip_blank();
        if (take(']')) break;
        if (!take(',')) return wrong(at_ == end_ ? "unexpected end" : "expected , or ]");
        skip_blank();
      }
    }
    handler_.end_array();
    --depth_;
    return true;
  }

  bool object() {
    if (++depth_ > max_depth) return wrong("deeper than 64");
    ++at_;
    handler_.begin_object();
    skip_blank();
    if (!take('}')) {
      for (;;) {
        if (at_ == end_) return wrong("unexpected end");
        if (*at_ != '"') return wrong("expected a key");
        std::string_view name;
        if (!string(name)) return false;
        handler_.key(name);
        skip_blank();
        if (!take(':')) return wrong(at_ == end_ ? "unexpected end" : "expected :");
        skip_blank();
        if (!value()) return false;
        skip_blank();
        if (take('}')) break;
        if (!take(',')) return wrong(at_ == end_ ? "unexpected end" : "expected , or }");
        skip_blank();
      }
    }
    handler_.end_object();
    --depth_;
    return true;
  }

  // A view of the input, or of scratch_ when the string has escapes.
  bool string(std::string_view& text) {
    const char* run = ++at_;
    bool copied = false;
    for (;;) {
      while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x20 &&
             static_cast<unsigned char>(*at_) < 0x80 && *at_ != '"' && *at_ != '\\') {
        ++at_;
      }
      if (at_ == end_) return wrong("unexpected end");
      if (*at_ == '"') {
        if (copied) scratch_.append(run, at_);
        text = copied ? std::string_view(scratch_) : std::string_view(run, at_);
        ++at_;
        return true;
      }
      if (*at_ == '\\') {
        if (!copied) scratch_.clear();
        copied = true;
        scratch_.append(run, at_);
        if (!escape()) return false;
        run = at_;
        continue;
      }
      if (static_cast<unsigned char>(*at_) < 0x20) return wrong("control character");
      char32_t point = 0;
      size_t length = utf8::sequence(std::string_view(at_, end_), point);
      if (length == 0) return wrong("not UTF-8");
      at_ += length;
    }
  }

  // at_ stays on the backslash when the escape is wrong, so the offset names it.
  bool escape() {
    if (end_ - at_ < 2) return wrong("unexpected end");
    switch (at_[1]) {
      case '"': scratch_ += '"'; break;
      case '\\': scratch_ += '\\'; break;
      case '/': scratch_ += '/'; break;
      case 'b': scratch_ += '\b'; break;
      case 'f': scratch_ += '\f'; break;
      case 'n': scratch_ += '\n'; break;
      case 'r': scratch_ += '\r'; break;
      case 't': scratch_ += '\t'; break;
      case 'u': return unicode();
      default: return wrong("unknown escape");
    }
    at_ += 2;
    return true;
  }

  bool unit(const char* from, unsigned& value) const noexcept {
    if (end_ - from < 6 || from[0] != '\\' || from[1] != 'u') return false;
    auto [end, code] = std::from_chars(from + 2, from + 6, value, 16);
    return code == std::errc() && end == from + 6;
  }

  bool unicode() {
    unsigned point = 0;
    if (!unit(at_, point)) return wrong("unknown escape");
    size_t taken = 6;
    if (point >= 0xd800 && point < 0xe000) {
      unsigned low = 0;
      if (point >= 0xdc00 || !unit(at_ + 6, low) || low < 0xdc00 || low >= 0xe000) {
        return wrong("lone surrogate");
      }
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
      taken = 12;
    }
    if (point < 0x80) {
      scratch_ += static_cast<char>(point);
    } else if (point < 0x800) {
      scratch_ += static_cast<char>(0xc0 | point >> 6);
      scratch_ += static_cast<char>(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
      scratch_ += static_cast<char>(0xe0 | point >> 12);
      scratch_ += static_cast<char>(0x80 | (point >> 6 & 0x3f));
      scratch_ += static_cast<char>(0x80 | (point & 0x3f));
    } else {
      scratch_ += static_cast<char>(0xf0 | point >> 18);
      scratch_ += static_cast<char>(0x80 | (point >> 12 & 0x3f));
      scratch_ += static_cast<char>(0x80 | (point >> 6 & 0x3f));
      scratch_ += static_cast<char>(0x80 | (point & 0x3f));
    }
    at_ += taken;
    return true;
  }

  static bool digit(char c) noexcept { return c >= '0' && c <= '9'; }

  bool number() {
    const char* p = at_;
    bool negative = p != end_ && *p == '-';
    if (negative) ++p;
    if (p == end_ || !digit(*p)) return wrong(p == end_ ? "unexpected end" : "unexpected character");
    const char* digits = p;
    std::uint64_t whole = 0;
    while (p != end_ && digit(*p)) whole = whole * 10 + static_cast<unsigned>(*p++ - '0');
    if (*digits == '0' && p - digits > 1) return wrong("number with a leading zero");
    auto count = p - digits;
    bool plain = count <= 15, is_whole = true;
    if (p != end_ && *p == '.') {
      plain = is_whole = false;
      if (++p == end_ || !digit(*p)) return wrong("number without digits after the point");
      while (p != end_ && digit(*p)) ++p;
    }
    bool shrinks = false;
    if (p != end_ && (*p == 'e' || *p == 'E')) {
      plain = is_whole = false;
      ++p;
      shrinks = p != end_ && *p == '-';
      if (p != end_ && (*p == '-' || *p == '+')) ++p;
      if (p == end_ || !digit(*p)) return wrong("number without digits in the exponent");
      while (p != end_ && digit(*p)) ++p;
    }
    double value = static_cast<double>(whole);
    if (plain) {
      if (negative) value = -value;
    } else if (auto [end, code] = std::from_chars(at_, p, value); code != std::errc()) {
      // Too small is 0 as everywhere; too large has no value a double could keep.
      if (!shrinks && !(*digits == '0')) return wrong("number out of range");
      value = 0;
    }
    // 17 digits and more are beyond, whatever they are.
    if (is_whole && !plain && (count > 16 || whole > exact)) {
      handler_.whole({at_, static_cast<std::size_t>(p - at_)}, value);
    } else {
      handler_.number(value);
    }
    at_ = p;
    return true;
  }

  // From here on a double rounds whole numbers.
  static constexpr std::uint64_t exact = std::uint64_t(1) << 53;

  const char* begin_;
  const char* at_;
  const char* end_;
  Handler& handler_;
  const char* problem_ = "";
  int depth_ = 0;
  std::string scratch_;
};

}  // namespace

base::Result<void> parse(std::string_view text, Handler& handler) {
  return Reader(text, handler).document();
}

// True when one of the eight bytes is a quote, a backslash, a control character or not
// ASCII. Borrow makes false alarms only above a true one, so the test is exact enough.
static bool needs_care(std::uint64_t word) noexcept {
  constexpr std::uint64_t ones = 0x0101010101010101ull;
  constexpr std::uint64_t high = 0x8080808080808080ull;
  std::uint64_t quote = word ^ (ones * '"');
  std::uint64_t slash = word ^ (ones * '\\');
  return ((word | (word - ones * 0x20) | (quote - ones) | (slash - ones)) & high) != 0;
}

static void append_unit(std::string& out, unsigned unit) {
  static constexpr char digits[] = "0123456789abcdef";
  char text[6] = {'\\', 'u', digits[unit >> 12 & 15], digits[unit >> 8 & 15],
                  digits[unit >> 4 & 15], digits[unit & 15]};
  out.append(text, 6);
}

static void append_special(std::string& out, char c) {
  switch (c) {
    case '"': out += "\\\""; break;
    case '\\': out += "\\\\"; break;
    case '\b': out += "\\b"; break;
    case '\f': out += "\\f"; break;
    case '\n': out += "\\n"; break;
    case '\r': out += "\\r"; break;
    case '\t': out += "\\t"; break;
    default: append_unit(out, static_cast<unsigned char>(c));
  }
}

// Most texts: nothing in them needs a second look. Eight bytes at a time, the last eight
// maybe twice.
static bool is_clean(std::string_view text) {
  std::size_t size = text.size();
  if (size < 8) {
    for (unsigned char c : text) {
      if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\') return false;
    }
    return true;
  }
  std::uint64_t word;
  for (std::size_t at = 0; at + 8 < size; at += 8) {
    std::memcpy(&word, text.data() + at, 8);
    if (needs_care(word)) return false;
  }
  std::memcpy(&word, text.data() + size - 8, 8);
  return !needs_care(word);
}

void append_string(std::string& out, std::string_view text, bool php) {
  if (!php && is_clean(text)) {
    std::size_t at = out.size();
    out.append(text.size() + 2, '"');
    std::copy(text.begin(), text.end(), out.begin() + static_cast<std::ptrdiff_t>(at) + 1);
    return;
  }
  out += '"';
  const char* at = text.data();
  const char* end = at + text.size();
  const char* run = at;
  while (at != end) {
    if (!php && end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      if (!needs_care(word)) {
        at += 8;
        continue;
      }
    }
    unsigned char c = static_cast<unsigned char>(*at);
    if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && !(php && c == '/')) {
      ++at;
      continue;
    }
    if (c < 0x80) {
      out.append(run, at);
      if (c == '/') {
        out += "\\/";
      } else {
        append_special(out, *at);
      }
      run = ++at;
      continue;
    }
    char32_t point = 0;
    size_t length = utf8::sequence(std::string_view(at, end), point);
    if (length != 0 && !php) {
      at += length;
      continue;
    }
    out.append(run, at);
    if (length == 0) point = 0xfffd;
    if (!php) {
      out += utf8::replacement;
    } else if (point < 0x10000) {
      append_unit(out, point);
    } else {
      append_unit(out, 0xd800 + ((point - 0x10000) >> 10));
      append_unit(out, 0xdc00 + ((point - 0x10000) & 0x3ff));
    }
    at += length ? length : 1;
    run = at;
  }
  out.append(run, end);
  out += '"';
}

void append_integer(std::string& out, long long value) {
  char text[24];
  auto [end, code] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

void append_number(std::string& out, double value) {
  // Whole numbers as such: the shortest form of 100000 would be 1e+05.
  if (value > -1e15 && value < 1e15 && value == static_cast<double>(static_cast<long long>(value))) {
    append_integer(out, static_cast<long long>(value));
    return;
  }
  char text[32];
  auto [end, code] = std::to_chars(text, text + sizeof text, value);
  out.append(text, end);
}

}  // namespace host::codec::json
