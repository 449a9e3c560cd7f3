#include "codec/charset.h"

#include <catch2/catch.hpp>

using host::codec::charset::to_utf8;
using namespace std::string_literals;

TEST_CASE("encodings of old clients become UTF-8") {
  CHECK(*to_utf8("Zan\xe8", "ISO-8859-1") == "Zan\xc3\xa8");
  CHECK(*to_utf8("\xc8\xe2\xe0\xed", "windows-1251") == "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd");
  CHECK(*to_utf8("\xff\xfe"s + "a\0\xe8\0"s, "UTF-16") == "a\xc3\xa8");
  CHECK(*to_utf8("\0a"s, "utf-16be") == "a");
  CHECK(*to_utf8("", "ISO-8859-15") == "");
  CHECK(to_utf8(std::string(100'000, '\xe8'), "ISO-8859-1")->size() == 200'000);
}

TEST_CASE("other names and bytes an encoding does not have are refused") {
  for (const char* name : {"UTF-7", "ISO-8859-17", "windows-1259", "UTF-8//TRANSLIT", "", "../x", "ISO-8859-1x"}) {
    CHECK_FALSE(to_utf8("a", name));
  }
  CHECK(to_utf8("\xe8", "US-ASCII").error().message == "not US-ASCII");
  CHECK_FALSE(to_utf8("a", "UTF-16LE"));  // half a character
}
