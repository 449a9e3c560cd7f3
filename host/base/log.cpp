#include "base/log.h"

#include "base/log_level.h"

#include <unistd.h>

#include <atomic>
#include <ctime>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "base/outlet.h"
#include "base/text.h"

namespace host::base::log {

// Set once by main before threads exist, read everywhere after.
static Settings current;
static std::atomic<Level> current_level{Level::info};
static Outlet outlet;
static std::atomic<unsigned long long> warning_count{0};
static std::atomic<unsigned long long> cut_count{0};
static std::mutex kept_mutex;
static std::vector<std::string> kept;

static std::string_view word(Level level) noexcept {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error:
    case Level::none: return "error";
  }
  return "error";
}

// What would do more than show a character: a byte that is no UTF-8, a control above ASCII, a
// line separator, a change of direction. Returns its length, 0 for others; `code` gets a number.
static std::size_t trouble(std::string_view text, bool utf8, unsigned& code) noexcept {
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  code = byte(0);
  if (!utf8) return 1;
  if (byte(0) == 0xc2 && byte(1) < 0xa0) {
    code = byte(1);
    return 2;
  }
  if (byte(0) != 0xe2 || (byte(1) != 0x80 && byte(1) != 0x81)) return 0;
  code = 0x2000 | (byte(1) & 1u) << 6 | (byte(2) & 0x3fu);
  return (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) ? 3 : 0;
}

static void append_escaped(std::string& out, std::string_view text) {
  std::size_t run = 0;
  std::optional<bool> utf8;  // looked at once there is something beyond ASCII
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(text[i]);
    if (c >= 0x80) {
      if (!utf8) utf8 = text::valid_utf8(text);
      unsigned code = 0;
      std::size_t length = trouble(text.substr(i), *utf8, code);
      if (length == 0) continue;
      out.append(text, run, i - run);
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
      i += length - 1;
      run = i + 1;
      continue;
    }
    if (c >= 0x20 && c != 0x7f && c != '"' && c != '\\') continue;
    out.append(text, run, i - run);
    run = i + 1;
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    }
  }
  out.append(text, run);
}

static bool plain(std::string_view text) noexcept {
  if (text.empty()) return false;
  for (unsigned char c : text) {
    if (c <= 0x20 || c == '"' || c == '\\' || c == '=' || c >= 0x7f) return false;
  }
  return true;
}

static void append_word(std::string& out, std::string_view text) {
  if (plain(text)) {
    out += text;
    return;
  }
  out += '"';
  append_escaped(out, text);
  out += '"';
}

static void append_digits(std::string& out, unsigned value, int width) {
  char digits[8];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

static void append_timestamp(std::string& out) {
  thread_local std::time_t known_second = -1;
  thread_local std::string known;
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (now.tv_sec != known_second) {
    tm utc{};
    gmtime_r(&now.tv_sec, &utc);
    known = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.", utc.tm_year + 1900, utc.tm_mon + 1,
                        utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
    known_second = now.tv_sec;
  }
  out += known;
  append_digits(out, static_cast<unsigned>(now.tv_nsec / 1000000), 3);
  out += 'Z';
}

// With one more line less than what a pipe takes whole, so that threads do not mix theirs.
static constexpr std::size_t most_held = 3 * 1024;

// What a thread has not written yet. Goes with the thread, written.
namespace {
struct Held {
  ~Held() { write(); }
  void write() noexcept {
    if (lines.empty()) return;
    outlet.write(lines);
    lines.clear();
  }
  bool hold = false;
  std::string lines;
};
}  // namespace
static thread_local Held held;

void hold_lines() noexcept { held.hold = true; }
static void tell_dropped();

void flush() noexcept {
  held.write();
  outlet.flush();
  tell_dropped();
}

unsigned long long dropped() noexcept { return outlet.dropped(); }
unsigned long long cut() noexcept { return cut_count.load(std::memory_order_relaxed); }
void drain() noexcept {
  held.write();
  outlet.drain(1000);
}

void configure(const Settings& settings) noexcept {
  current = settings;
  current_level = settings.level;
  outlet.open(settings.descriptor, settings.kept_bytes);
}

Level level_of(std::string_view word) noexcept {
  if (word == "debug") return Level::debug;
  if (word == "warn") return Level::warn;
  return word == "error" ? Level::error : Level::info;
}

void set_level(Level level) noexcept { current_level = level; }

bool enabled(Level level) noexcept {
  return level >= current_level.load(std::memory_order_relaxed) || (current.keep_warnings && level >= Level::warn);
}
unsigned long long warnings() noexcept { return warning_count.load(std::memory_order_relaxed); }

std::vector<std::string> take_warnings() {
  std::lock_guard lock(kept_mutex);
  return std::exchange(kept, {});
}

namespace {
// What one line may still hold.
class Room {
 public:
  // The text, or as much of it as fits, without half a character at its end.
  std::string_view take(std::string_view text) {
    if (text.size() <= left_) {
      left_ -= text.size();
      return text;
    }
    if (!cut_) cut_count.fetch_add(1, std::memory_order_relaxed);
    cut_ = true;
    std::size_t size = std::exchange(left_, 0);
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    missing_ += text.size() - size;
    return text.substr(0, size);
  }
  bool cut() const noexcept { return cut_; }
  std::string missing() const { return std::to_string(missing_); }

 private:
  std::size_t left_ = current.line_bytes;
  std::size_t missing_ = 0;
  bool cut_ = false;
};
}  // namespace

// `level area message key=value ...`
static void append_text(std::string& line, Level level, std::string_view area,
                        std::string_view message, std::span<const Field> fields) {
  Room room;
  line += word(level);
  line += ' ';
  line += area;
  line += ' ';
  append_escaped(line, room.take(message));
  for (const Field& field : fields) {
    line += ' ';
    append_word(line, room.take(field.key));
    line += '=';
    append_word(line, room.take(field.value));
  }
  if (room.cut()) line.append(" left_out=").append(room.missing());
}

void write(Level level, std::string_view area, std::string_view message, Fields fields) {
  write_all(level, area, message, fields.begin(), fields.size());
}

void write_all(Level level, std::string_view area, std::string_view message, const Field* fields,
               std::size_t count) {
  if (level >= Level::warn) {
    warning_count.fetch_add(1, std::memory_order_relaxed);
    if (current.keep_warnings) {
      std::string text;
      append_text(text, level, area, message, std::span(fields, count));
      std::lock_guard lock(kept_mutex);
      kept.push_back(std::move(text));
    }
  }
  if (level < current_level.load(std::memory_order_relaxed)) return;
  std::string& line = held.lines;
  if (current.json) {
    line += "{\"time\":\"";
    append_timestamp(line);
    line += "\",\"level\":\"";
    line += word(level);
    line += "\",\"area\":\"";
    append_escaped(line, area);
    line += "\",\"message\":\"";
    Room room;
    append_escaped(line, room.take(message));
    for (const Field& field : std::span(fields, count)) {
      line += "\",\"";
      append_escaped(line, room.take(field.key));
      line += "\":\"";
      append_escaped(line, room.take(field.value));
    }
    if (room.cut()) line.append("\",\"left_out\":\"").append(room.missing());
    line += "\"}\n";
  } else {
    append_timestamp(line);
    line += ' ';
    append_text(line, level, area, message, std::span(fields, count));
    line += '\n';
  }
  if (!held.hold || level >= Level::warn || line.size() > most_held) held.write();
}

static void tell_dropped() {
  if (auto lines = outlet.untold()) warn("log", "nobody read the log: lines were dropped", {{"lines", lines}});
}

}  // namespace host::base::log
