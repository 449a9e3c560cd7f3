// UTF-8 sequences, for the encoders that must never emit broken text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace host::codec::utf8 {

// What may stand in for bytes that are no UTF-8.
inline constexpr std::string_view replacement = "\xef\xbf\xbd";

// The length of the sequence that starts `text`, or 0 when none does. `point` gets its
// code point. Overlong forms, surrogates and points above U+10FFFF are none (RFC 3629).
inline std::size_t sequence(std::string_view text, char32_t& point) noexcept {
  if (text.empty()) return 0;
  auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xc0) == 0x80; };
  unsigned char first = byte(0);
  if (first < 0x80) {
    point = first;
    return 1;
  }
  if (first < 0xc2) return 0;
  if (first < 0xe0) {
    if (!tail(1)) return 0;
    point = char32_t(first & 0x1f) << 6 | (byte(1) & 0x3f);
    return 2;
  }
  if (first < 0xf0) {
    if (!tail(1) || !tail(2)) return 0;
    point = char32_t(first & 0x0f) << 12 | char32_t(byte(1) & 0x3f) << 6 | (byte(2) & 0x3f);
    return point < 0x800 || (point >= 0xd800 && point < 0xe000) ? 0 : 3;
  }
  if (first > 0xf4 || !tail(1) || !tail(2) || !tail(3)) return 0;
  point = char32_t(first & 0x07) << 18 | char32_t(byte(1) & 0x3f) << 12 |
          char32_t(byte(2) & 0x3f) << 6 | (byte(3) & 0x3f);
  return point < 0x10000 || point > 0x10ffff ? 0 : 4;
}

// Where the eight bytes that hold the first one above ASCII begin, at or after `at`; or what is left of fewer than eight.
inline std::size_t skip_ascii(std::string_view text, std::size_t at) noexcept {
  constexpr std::uint64_t above = 0x8080808080808080;
  for (std::uint64_t eight = 0; text.size() - at >= sizeof eight; at += sizeof eight) {
    std::memcpy(&eight, text.data() + at, sizeof eight);
    if ((eight & above) != 0) break;
  }
  return at;
}

// How many bytes of `text` are UTF-8, from its start on.
inline std::size_t valid(std::string_view text) noexcept {
  char32_t point = 0;
  std::size_t at = skip_ascii(text, 0);
  while (at < text.size()) {
    std::size_t length = sequence(text.substr(at), point);
    if (length == 0) break;
    at += length;
    if (length > 1) at = skip_ascii(text, at);
  }
  return at;
}

// Appends `text` with the replacement for each byte that belongs to no sequence.
inline void append_repaired(std::string& out, std::string_view text) {
  for (;;) {
    std::size_t good = valid(text);
    out.append(text.substr(0, good));
    if (good == text.size()) return;
    out.append(replacement);
    text.remove_prefix(good + 1);
  }
}

}  // namespace host::codec::utf8
