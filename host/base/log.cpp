#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <ctime>
#include <span>

namespace host::base::log {

// Set once by main before threads exist, read everywhere after.
static Settings current;
static std::atomic<unsigned long long> warning_count{0};

static std::string_view word(Level level) noexcept {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warn: return "warn";
    case Level::error: return "error";
  }
  return "error";
}

static void append_escaped(std::string& out, std::string_view text) {
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c == '\n') {
      out += "\\n";
    } else if (c < 0x20 || c == 0x7f) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
    } else {
      out += static_cast<char>(c);
    }
  }
}

static bool plain(std::string_view text) noexcept {
  if (text.empty()) return false;
  for (unsigned char c : text) {
    if (c <= 0x20 || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
  }
  return true;
}

static std::string timestamp() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  tm utc{};
  gmtime_r(&now.tv_sec, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     now.tv_nsec / 1000000);
}

void configure(const Settings& settings) noexcept { current = settings; }
bool enabled(Level level) noexcept { return level >= current.level; }
unsigned long long warnings() noexcept { return warning_count.load(std::memory_order_relaxed); }

void write(Level level, std::string_view area, std::string_view message, Fields fields) {
  write_all(level, area, message, fields.begin(), fields.size());
}

void write_all(Level level, std::string_view area, std::string_view message, const Field* fields,
               std::size_t count) {
  if (level >= Level::warn) warning_count.fetch_add(1, std::memory_order_relaxed);
  if (!enabled(level)) return;
  std::string line;
  line.reserve(256);
  if (current.json) {
    line += "{\"time\":\"" + timestamp() + "\",\"level\":\"";
    line += word(level);
    line += "\",\"area\":\"";
    append_escaped(line, area);
    line += "\",\"message\":\"";
    append_escaped(line, message);
    for (const Field& field : std::span(fields, count)) {
      line += "\",\"";
      append_escaped(line, field.key);
      line += "\":\"";
      append_escaped(line, field.value);
    }
    line += "\"}\n";
  } else {
    line += timestamp();
    line += ' ';
    line += word(level);
    line += ' ';
    line += area;
    line += ' ';
    std::string text;
    append_escaped(text, message);
    line += text;
    for (const Field& field : std::span(fields, count)) {
      line += ' ';
      line += field.key;
      line += '=';
      if (plain(field.value)) {
        line += field.value;
      } else {
        line += '"';
        append_escaped(line, field.value);
        line += '"';
      }
    }
    line += '\n';
  }
  [[maybe_unused]] auto written = ::write(current.descriptor, line.data(), line.size());
}

}  // namespace host::base::log
