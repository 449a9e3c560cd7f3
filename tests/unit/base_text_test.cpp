#include "base/text.h"

#include <catch2/catch.hpp>

using namespace host::base;

TEST_CASE("text: case and blanks") {
  CHECK(text::lower("AbC-\xC3\x88") == "abc-\xC3\x88");
  CHECK(text::trim(" \t a b\r\n") == "a b");
  CHECK(text::trim(" \n ").empty());
  CHECK(text::iequals("Host", "hOST"));
  CHECK_FALSE(text::iequals("Host", "Hosts"));
  CHECK(text::starts_with_ignoring_case("Bearer x", "bearer "));
  CHECK_FALSE(text::starts_with_ignoring_case("Be", "bearer"));
}

TEST_CASE("text: split keeps empty parts") {
  using Parts = std::vector<std::string_view>;
  CHECK(text::split("a,b,,c", ',') == Parts{"a", "b", "", "c"});
  CHECK(text::split("", ',') == Parts{""});
  CHECK(text::split(",", ',') == Parts{"", ""});
}

TEST_CASE("text: hex") {
  CHECK(text::hex(std::string_view("\x00\xff\x1a", 3)) == "00ff1a");
  CHECK(text::unhex("00FF1a") == std::string("\x00\xff\x1a", 3));
  CHECK(text::unhex("") == "");
  CHECK_FALSE(text::unhex("abc"));
  CHECK_FALSE(text::unhex("zz"));
}

TEST_CASE("text: percent coding") {
  CHECK(text::percent_decode("a%20b+c%2B", true) == "a b c+");
  CHECK(text::percent_decode("a+b", false) == "a+b");
  CHECK(text::percent_decode("%41", false) == "A");
  CHECK(text::percent_decode("%00", false) == std::string(1, '\0'));
  for (const char* bad : {"%", "%4", "a%", "%4g", "%%41", "%-1"}) {
    INFO(bad);
    CHECK_FALSE(text::percent_decode(bad, false));
  }
  CHECK(text::percent_encode("a b/\xC3\xA8~") == "a%20b%2F%C3%A8~");
}

TEST_CASE("text: integers are decimal, unsigned and fit") {
  CHECK(text::integer("0") == 0);
  CHECK(text::integer("0042") == 42);
  CHECK(text::integer("9223372036854775807") == 9223372036854775807LL);
  for (const char* bad : {"", "-1", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "1e3"}) {
    INFO(bad);
    CHECK_FALSE(text::integer(bad));
  }
}

TEST_CASE("text: UTF-8") {
  for (const char* good : {"", "a", "\xC3\xA8", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF"}) {
    CHECK(text::valid_utf8(good));
  }
  for (const char* bad : {"\x80", "\xC3", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "a\xC3z"}) {
    CHECK_FALSE(text::valid_utf8(bad));
  }
}

TEST_CASE("text: line breaks") {
  CHECK(text::has_line_break("a\rb"));
  CHECK(text::has_line_break("a\n"));
  CHECK(text::has_line_break(std::string_view("a\0", 2)));
  CHECK_FALSE(text::has_line_break("a\tb"));
  CHECK_FALSE(text::has_line_break(""));
}
