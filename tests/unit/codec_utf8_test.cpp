#include "codec/utf8.h"

#include <catch2/catch.hpp>

#include <random>
#include <string>

namespace utf8 = host::codec::utf8;

namespace {

std::size_t one_by_one(std::string_view text) {
  char32_t point = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t length = utf8::sequence(text.substr(at), point);
    if (length == 0) break;
    at += length;
  }
  return at;
}

}  // namespace

TEST_CASE("what is UTF-8 ends where the first byte of no sequence is, wherever it stands") {
  for (std::size_t before = 0; before < 20; ++before) {
    for (std::size_t after = 0; after < 20; ++after) {
      for (std::string_view piece : {"\xff", "\x80", "\xc3", "\xe2\x82", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\x9e", "\xed\xa0\x80"}) {
        std::string text = std::string(before, 'a') + std::string(piece) + std::string(after, 'b') + "\xc3\xa9";
        CAPTURE(before, after, piece);
        CHECK(utf8::valid(text) == one_by_one(text));
      }
    }
  }
  CHECK(utf8::valid("") == 0);
}

TEST_CASE("UTF-8 is found in random bytes as one sequence after the other finds it") {
  std::mt19937 random(7);
  constexpr std::string_view pieces[] = {"a", "abcdefgh", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x93\x9e", "\x80", "\xc3", std::string_view("\0", 1)};
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (std::size_t i = random() % 12; i > 0; --i) text += pieces[random() % (round % 4 == 0 ? 8 : 5)];
    REQUIRE(utf8::valid(text) == one_by_one(text));
    std::string repaired;
    utf8::append_repaired(repaired, text);
    REQUIRE(utf8::valid(repaired) == repaired.size());
  }
}
