// Lua 5.1 patterns with a bound on their work: the stock matcher can run for hours on a
// short text, inside C, where no hook reaches it. A pattern is compiled to a list of
// items and matched by backtracking over an explicit stack, counting steps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct lua_State;

namespace host::script {

class Pattern {
 public:
  static constexpr int max_captures = 32;

  // Unlike stock Lua, a malformed pattern fails even where matching would not reach it.
  static base::Result<std::shared_ptr<const Pattern>> compile(std::string_view text,
                                                              bool anchor_allowed);

  bool anchored() const noexcept { return anchored_; }
  int captures() const noexcept { return captures_; }

 private:
  friend class Matcher;

  struct Set {
    std::array<std::uint64_t, 4> bits{};
    bool has(unsigned char c) const noexcept { return bits[c >> 6] >> (c & 63) & 1; }
    void add(unsigned char c) noexcept { bits[c >> 6] |= 1ull << (c & 63); }
  };
  enum class Kind : std::uint8_t {
    character, any, set,                       // tests of one byte
    open, close, position, balance, frontier,  // matched without repetition
    reference, end,
  };
  enum class Repeat : std::uint8_t { once, star, plus, optional, lazy };
  struct Item {
    Kind kind;
    Repeat repeat = Repeat::once;
    unsigned char a = 0, b = 0;  // the byte, the two of %b, or the capture's index
    std::uint16_t set = 0;
  };
  class Compiler;

  std::vector<Item> items_;
  std::vector<Set> sets_;
  int captures_ = 0;
  bool anchored_ = false;
};

// One subject, one pattern, one budget for all attempts.
class Matcher {
 public:
  static constexpr std::ptrdiff_t position_capture = -2;
  struct Capture {
    std::size_t start = 0;
    std::ptrdiff_t length = 0;  // or position_capture
  };
  struct Choice {
    std::uint32_t item;
    std::uint8_t kind;
    std::uint8_t capture;
    std::size_t at, stop;  // where to go on; the last (greedy) or the saved capture
    std::ptrdiff_t length;
  };
  enum class Outcome { matched, failed, too_complex };

  Matcher(const Pattern& pattern, std::string_view subject, std::vector<Choice>& scratch);

  // Tries exactly at `start`; on success `end()` and `capture(i)` tell what was found.
  Outcome match(std::size_t start);
  std::size_t end() const noexcept { return end_; }
  const Capture& capture(int index) const noexcept { return captured_[static_cast<std::size_t>(index)]; }

 private:
  bool test(const Pattern::Item& item, unsigned char c) const noexcept;
  bool backtrack(std::size_t& item, std::size_t& at);
  std::optional<std::size_t> balanced(std::size_t at, unsigned char open, unsigned char close);

  const Pattern& pattern_;
  std::string_view subject_;
  std::vector<Choice>& choices_;
  std::array<Capture, Pattern::max_captures> captured_;
  std::size_t end_ = 0;
  std::uint64_t steps_ = 0;
};

// Compiled patterns by text, and the matcher's stack, kept between calls.
struct PatternCache {
  struct Entry {
    std::string text;
    bool anchor_allowed = false;
    std::shared_ptr<const Pattern> pattern;
  };
  base::Result<std::shared_ptr<const Pattern>> find(std::string_view text, bool anchor_allowed);

  std::array<Entry, 128> entries;
  std::vector<Matcher::Choice> scratch;
};

// Replaces find, match, gmatch and gsub of the string table at the top of the stack.
void open_patterns(lua_State* L);

}  // namespace host::script
