// One line per event: `level area message key=value ...`, or the same as JSON.
// Thread-safe: lines are never mixed. Never pass a secret; keys are logged by id.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace host::base::log {

enum class Level { debug, info, warn, error, none };

// A value of any formattable type, turned into text at once.
struct Field {
  std::string_view key;
  std::string value;

  template <typename T>
  Field(std::string_view name, const T& v) : key(name), value(text(v)) {}

 private:
  // Most fields are texts and counts, and an access line has eight: no format machinery.
  template <typename T>
  static std::string text(const T& v) {
    if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      return std::string(std::string_view(v));
    } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char>) {
      return std::to_string(v);
    } else {
      return fmt::format("{}", v);
    }
  }
};

using Fields = std::initializer_list<Field>;

struct Settings {
  Level level = Level::info;
  bool json = false;
  int descriptor = 2;
  bool keep_warnings = false;  // for take_warnings()
  std::size_t line_bytes = 16 * 1024;   // of the texts of one line; the rest is left out
  std::size_t kept_bytes = 1024 * 1024;  // of lines that nobody reads; the rest is dropped
};

// Called by main before any thread starts.
void configure(const Settings& settings) noexcept;
bool enabled(Level level) noexcept;

void write(Level level, std::string_view area, std::string_view message, Fields fields = {});
// The same for fields that are known only at run time.
void write_all(Level level, std::string_view area, std::string_view message, const Field* fields,
               std::size_t count);
inline void debug(std::string_view area, std::string_view message, Fields fields = {}) {
  if (enabled(Level::debug)) write(Level::debug, area, message, fields);
}
inline void info(std::string_view area, std::string_view message, Fields fields = {}) {
  write(Level::info, area, message, fields);
}
inline void warn(std::string_view area, std::string_view message, Fields fields = {}) {
  write(Level::warn, area, message, fields);
}
inline void error(std::string_view area, std::string_view message, Fields fields = {}) {
  write(Level::error, area, message, fields);
}

// From now on this thread's lines below warn wait for flush(), which a loop calls at the end
// of each turn: one write for all of them. A line at warn or above takes them along.
void hold_lines() noexcept;
void flush() noexcept;

// A pipe that nobody reads stops nobody: its lines are dropped.
unsigned long long dropped() noexcept;
unsigned long long cut() noexcept;  // lines that were longer than they may be
void drain() noexcept;              // at the end of the process: gives a slow reader a second

// Counts lines at warn and above since the start; tests use it.
unsigned long long warnings() noexcept;
// The lines at warn and above since the last call, as text without their time, when the
// settings keep them: a test run holds its tests to them.
std::vector<std::string> take_warnings();

}  // namespace host::base::log
