#include "script/pattern.h"

#include <algorithm>
#include <functional>

namespace host::script {

using base::Result;

// A step is one item tried or one byte scanned. Long texts may cost more than short
// ones, but never more than a fraction of a second.
static constexpr std::uint64_t base_steps = 1'000'000;
static constexpr std::uint64_t steps_per_byte = 16;
static constexpr std::uint64_t most_steps = 100'000'000;
static constexpr std::size_t most_choices = 1'000'000;

// ASCII only, as in the C locale.
static bool in_class(unsigned char c, char letter) noexcept {
  bool digit = c >= '0' && c <= '9';
  bool lower = c >= 'a' && c <= 'z';
  bool upper = c >= 'A' && c <= 'Z';
  switch (letter) {
    case 'a': return lower || upper;
    case 'c': return c < 32 || c == 127;
    case 'd': return digit;
    case 'g': return c > 32 && c < 127;
    case 'l': return lower;
    case 'p': return c > 32 && c < 127 && !digit && !lower && !upper;
    case 's': return c == ' ' || (c >= 9 && c <= 13);
    case 'u': return upper;
    case 'w': return digit || lower || upper;
    case 'x': return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    default: return c == 0;  // 'z'
  }
}

static bool names_class(unsigned char letter) noexcept {
  return std::string_view("acdglpsuwxz").find(static_cast<char>(letter | 0x20)) !=
             std::string_view::npos &&
         ((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'));
}

class Pattern::Compiler {
 public:
  Compiler(Pattern& pattern, std::string_view text) : pattern_(pattern), text_(text) {}

  Result<void> run() {
    while (at_ < text_.size()) TRY_VOID(item());
    if (!open_.empty()) return base::invalid("unfinished capture");
    return {};
  }

 private:
  static base::Error malformed(const char* what) {
    return base::invalid(std::string("malformed pattern (") + what + ")");
  }

  Result<void> item() {
    char c = text_[at_];
    if (c == '(') return open();
    if (c == ')') return close();
    if (c == '$' && at_ + 1 == text_.size()) {
      ++at_;
      pattern_.items_.push_back({Kind::end});
      return {};
    }
    if (c == '%' && at_ + 1 < text_.size()) {
      char next = text_[at_ + 1];
      if (next == 'b') return balance();
      if (next == 'f') return frontier();
      if (next >= '0' && next <= '9') return reference(next);
    }
    return single();
  }

  Result<void> open() {
    if (pattern_.captures_ >= max_captures) return base::invalid("too many captures");
    auto index = static_cast<unsigned char>(pattern_.captures_++);
    ++at_;
    if (at_ < text_.size() && text_[at_] == ')') {
      ++at_;
      pattern_.items_.push_back({Kind::position, Repeat::once, index});
      closed_.push_back(index);
      return {};
    }
    open_.push_back(index);
    pattern_.items_.push_back({Kind::open, Repeat::once, index});
    return {};
  }

  Result<void> close() {
    if (open_.empty()) return base::invalid("invalid pattern capture");
    ++at_;
    pattern_.items_.push_back({Kind::close, Repeat::once, open_.back()});
    closed_.push_back(open_.back());
    open_.pop_back();
    return {};
  }

  Result<void> balance() {
    if (at_ + 3 >= text_.size()) return base::invalid("unbalanced pattern");
    pattern_.items_.push_back({Kind::balance, Repeat::once, static_cast<unsigned char>(text_[at_ + 2]),
                               static_cast<unsigned char>(text_[at_ + 3])});
    at_ += 4;
    return {};
  }

  Result<void> frontier() {
    at_ += 2;
    if (at_ >= text_.size() || text_[at_] != '[') {
      return base::invalid("missing '[' after '%f' in pattern");
    }
    Set set;
    TRY_VOID(bracket(set));
    pattern_.items_.push_back({Kind::frontier, Repeat::once, 0, 0, keep(set)});
    return {};
  }

  Result<void> reference(char digit) {
    auto index = static_cast<unsigned char>(digit - '1');
    if (digit == '0' || std::find(closed_.begin(), closed_.end(), index) == closed_.end()) {
      return base::invalid("invalid capture index");
    }
    pattern_.items_.push_back({Kind::reference, Repeat::once, index});
    at_ += 2;
    return {};
  }

  Result<void> single() {
    Item made{Kind::character};
    char c = text_[at_];
    if (c == '.') {
      made.kind = Kind::any;
      ++at_;
    } else if (c == '[') {
      Set set;
      TRY_VOID(bracket(set));
      made.kind = Kind::set;
      made.set = keep(set);
    } else if (c == '%') {
      if (at_ + 1 >= text_.size()) return malformed("ends with '%'");
      auto letter = static_cast<unsigned char>(text_[at_ + 1]);
      at_ += 2;
      if (names_class(letter)) {
        Set set;
        add_class(set, letter);
        made.kind = Kind::set;
        made.set = keep(set);
      } else {
        made.a = letter;
      }
    } else {
      made.a = static_cast<unsigned char>(c);
      ++at_;
    }
    if (at_ < text_.size()) {
      switch (text_[at_]) {
        case '*': made.repeat = Repeat::star; break;
        case '+': made.repeat = Repeat::plus; break;
        case '?': made.repeat = Repeat::optional; break;
        case '-': made.repeat = Repeat::lazy; break;
        default: --at_; break;
      }
      ++at_;
    }
    pattern_.items_.push_back(made);
    return {};
  }

  static void add_class(Set& set, unsigned char letter) {
    bool complement = letter >= 'A' && letter <= 'Z';
    for (int c = 0; c < 256; ++c) {
      auto byte = static_cast<unsigned char>(c);
      if (in_class(byte, static_cast<char>(letter | 0x20)) != complement) set.add(byte);
    }
  }

  // From '[' to behind its ']'. A ']' that comes first stands for itself.
  Result<void> bracket(Set& set) {
    std::size_t at = at_ + 1;
    bool complement = at < text_.size() && text_[at] == '^';
    if (complement) ++at;
    std::size_t first = at;
    while (true) {
      if (at >= text_.size()) return malformed("missing ']'");
      auto c = static_cast<unsigned char>(text_[at]);
      if (c == ']' && at != first) break;
      if (c == '%') {
        if (at + 1 >= text_.size()) return malformed("ends with '%'");
        auto letter = static_cast<unsigned char>(text_[at + 1]);
        if (names_class(letter)) {
          add_class(set, letter);
        } else {
          set.add(letter);
        }
        at += 2;
      } else if (at + 2 < text_.size() && text_[at + 1] == '-' && text_[at + 2] != ']') {
        for (int byte = c; byte <= static_cast<unsigned char>(text_[at + 2]); ++byte) {
          set.add(static_cast<unsigned char>(byte));
        }
        at += 3;
      } else {
        set.add(c);
        ++at;
      }
    }
    if (complement) {
      for (auto& word : set.bits) word = ~word;
    }
    at_ = at + 1;
    return {};
  }

  std::uint16_t keep(const Set& set) {
    pattern_.sets_.push_back(set);
    return static_cast<std::uint16_t>(pattern_.sets_.size() - 1);
  }

  Pattern& pattern_;
  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<unsigned char> open_, closed_;
};

Result<std::shared_ptr<const Pattern>> Pattern::compile(std::string_view text,
                                                        bool anchor_allowed) {
  if (text.size() > 10'000) return base::invalid("pattern too long");
  auto pattern = std::make_shared<Pattern>();
  if (anchor_allowed && text.starts_with('^')) {
    pattern->anchored_ = true;
    text.remove_prefix(1);
  }
  TRY_VOID(Compiler(*pattern, text).run());
  return std::shared_ptr<const Pattern>(std::move(pattern));
}

namespace {
// What a Choice on the stack means when matching comes back to it.
enum ChoiceKind : std::uint8_t { shorter, longer, skip, restore };
}  // namespace

Matcher::Matcher(const Pattern& pattern, std::string_view subject, std::vector<Choice>& scratch)
    : pattern_(pattern), subject_(subject), choices_(scratch) {
  steps_ = std::min(base_steps + subject.size() * steps_per_byte, most_steps);
}

bool Matcher::test(const Pattern::Item& item, unsigned char c) const noexcept {
  switch (item.kind) {
    case Pattern::Kind::character: return item.a == c;
    case Pattern::Kind::any: return true;
    default: return pattern_.sets_[item.set].has(c);
  }
}

std::optional<std::size_t> Matcher::balanced(std::size_t at, unsigned char open,
                                             unsigned char close) {
  if (at >= subject_.size() || static_cast<unsigned char>(subject_[at]) != open) return std::nullopt;
  std::size_t depth = 1;
  for (std::size_t i = at + 1; i < subject_.size(); ++i) {
    auto c = static_cast<unsigned char>(subject_[i]);
    if (c == close) {
      if (--depth == 0) {
        steps_ -= std::min<std::uint64_t>(steps_, i - at);
        return i + 1;
      }
    } else if (c == open) {
      ++depth;
    }
  }
  steps_ -= std::min<std::uint64_t>(steps_, subject_.size() - at);
  return std::nullopt;
}

// Takes the newest choice that can still be made; false when none is left.
bool Matcher::backtrack(std::size_t& item, std::size_t& at) {
  while (!choices_.empty()) {
    Choice& choice = choices_.back();
    switch (choice.kind) {
      case restore:
        captured_[choice.capture] = {choice.at, choice.length};
        choices_.pop_back();
        break;
      case shorter:
        item = choice.item;
        at = choice.at;
        if (choice.at == choice.stop) {
          choices_.pop_back();
        } else {
          --choice.at;
        }
        return true;
      case longer:
        if (choice.at < subject_.size() &&
            test(pattern_.items_[choice.item], static_cast<unsigned char>(subject_[choice.at]))) {
          at = ++choice.at;
          item = choice.item + 1;
          return true;
        }
        choices_.pop_back();
        break;
      default:
        item = choice.item;
        at = choice.at;
        choices_.pop_back();
        return true;
    }
  }
  return false;
}

Matcher::Outcome Matcher::match(std::size_t start) {
  using Kind = Pattern::Kind;
  using Repeat = Pattern::Repeat;
  choices_.clear();
  std::size_t index = 0, at = start;
  const std::size_t size = subject_.size();
  while (true) {
    if (steps_ == 0 || choices_.size() > most_choices) return Outcome::too_complex;
    --steps_;
    if (index == pattern_.items_.size()) {
      end_ = at;
      return Outcome::matched;
    }
    const Pattern::Item& item = pattern_.items_[index];
    auto next = static_cast<std::uint32_t>(index + 1);
    bool fits = true;
    auto save = [&](unsigned char capture) {
      const Capture& old = captured_[capture];
      choices_.push_back({0, restore, capture, old.start, 0, old.length});
    };
    switch (item.kind) {
      case Kind::open:
        save(item.a);
        captured_[item.a] = {at, 0};
        break;
      case Kind::close:
        save(item.a);
        captured_[item.a].length = static_cast<std::ptrdiff_t>(at - captured_[item.a].start);
        break;
      case Kind::position:
        save(item.a);
        captured_[item.a] = {at, position_capture};
        break;
      case Kind::end:
        fits = at == size;
        break;
      case Kind::balance: {
        auto behind = balanced(at, item.a, item.b);
        fits = behind.has_value();
        if (behind) at = *behind;
        break;
      }
      case Kind::frontier: {
        const Pattern::Set& set = pattern_.sets_[item.set];
        auto before = at == 0 ? '\0' : subject_[at - 1];
        auto here = at == size ? '\0' : subject_[at];
        fits = !set.has(static_cast<unsigned char>(before)) &&
               set.has(static_cast<unsigned char>(here));
        break;
      }
      case Kind::reference: {
        const Capture& old = captured_[item.a];
        // A position capture has no text to repeat.
        auto length = static_cast<std::size_t>(std::max<std::ptrdiff_t>(old.length, 0));
        fits = old.length >= 0 && size - at >= length &&
               subject_.compare(at, length, subject_, old.start, length) == 0;
        steps_ -= std::min<std::uint64_t>(steps_, length / 16);
        if (fits) at += length;
        break;
      }
      default: {
        bool here = at < size && test(item, static_cast<unsigned char>(subject_[at]));
        if (item.repeat == Repeat::once) {
          fits = here;
          if (here) ++at;
        } else if (item.repeat == Repeat::optional) {
          if (here) choices_.push_back({next, skip, 0, at++, 0, 0});
        } else if (item.repeat == Repeat::lazy) {
          choices_.push_back({static_cast<std::uint32_t>(index), longer, 0, at, 0, 0});
        } else {
          fits = here || item.repeat == Repeat::star;
          std::size_t run = at;
          while (run < size && test(item, static_cast<unsigned char>(subject_[run]))) ++run;
          steps_ -= std::min<std::uint64_t>(steps_, (run - at) / 4);
          std::size_t least = at + (item.repeat == Repeat::plus ? 1 : 0);
          if (run > least) choices_.push_back({next, shorter, 0, run - 1, least, 0});
          at = run;
        }
      }
    }
    if (fits) {
      ++index;
    } else if (!backtrack(index, at)) {
      return Outcome::failed;
    }
  }
}

Result<std::shared_ptr<const Pattern>> PatternCache::find(std::string_view text,
                                                          bool anchor_allowed) {
  std::size_t slot = std::hash<std::string_view>()(text) % entries.size();
  Entry& entry = entries[slot];
  if (entry.pattern && entry.anchor_allowed == anchor_allowed && entry.text == text) {
    return entry.pattern;
  }
  TRY(auto pattern, Pattern::compile(text, anchor_allowed));
  entry = {std::string(text), anchor_allowed, pattern};
  return pattern;
}

}  // namespace host::script
