#include "codec/json.h"

#include <catch2/catch.hpp>

#include <string>

using namespace host;
namespace json = codec::json;

namespace {

// Writes the events down in a short notation.
struct Trace : json::Handler {
  std::string text;
  void null() override { text += "null "; }
  void boolean(bool value) override { text += value ? "true " : "false "; }
  void number(double value) override {
    json::append_number(text, value);
    text += ' ';
  }
  void whole(std::string_view digits, double) override { text += "#" + std::string(digits) + " "; }
  void string(std::string_view value) override { text += "'" + std::string(value) + "' "; }
  void begin_array() override { text += "[ "; }
  void end_array() override { text += "] "; }
  void begin_object() override { text += "{ "; }
  void key(std::string_view name) override { text += std::string(name) + ": "; }
  void end_object() override { text += "} "; }
};

std::string trace(std::string_view text) {
  Trace handler;
  auto result = json::parse(text, handler);
  return result ? handler.text : "error " + result.error().message;
}

std::string quoted(std::string_view text, bool php = false) {
  std::string out;
  json::append_string(out, text, php);
  return out;
}

std::string printed(double value) {
  std::string out;
  json::append_number(out, value);
  return out;
}

}  // namespace

TEST_CASE("json: every kind of value is reported in order") {
  CHECK(trace(R"( {"a":[1,-2.5,1e3,true,false,null],"b":{},"c":[]} )") ==
        "{ a: [ 1 -2.5 1000 true false null ] b: { } c: [ ] } ");
  CHECK(trace("7") == "7 ");
  CHECK(trace("\"x\"") == "'x' ");
  CHECK(trace("null") == "null ");
  CHECK(trace("\xef\xbb\xbf{}") == "{ } ");
}

TEST_CASE("json: whole numbers that a double would round keep their digits") {
  CHECK(trace("[9007199254740992,-9007199254740992,999999999999999]") ==
        "[ 9007199254740992 -9007199254740992 999999999999999 ] ");
  CHECK(trace("[9007199254740993,-9007199254740993,12345678901234567,39060000000000000000000]") ==
        "[ #9007199254740993 #-9007199254740993 #12345678901234567 #39060000000000000000000 ] ");
  CHECK(trace("[9007199254740993.0,1e20]") == "[ 9007199254740992 1e+20 ] ");
}

TEST_CASE("json: escapes become UTF-8") {
  CHECK(trace(R"("a\"\\\/\b\f\n\r\tz")") == "'a\"\\/\b\f\n\r\tz' ");
  CHECK(trace(R"("\u0041\u00e9\u20ac\ud83d\ude00")") == "'A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80' ");
  CHECK(trace("\"\\u0000\"") == std::string("'\0' ", 4));
}

TEST_CASE("json: a mistake names its byte") {
  CHECK(trace("") == "error json: empty text at byte 0");
  CHECK(trace("{\"a\":1,}") == "error json: expected a key at byte 7");
  CHECK(trace("[1,]") == "error json: unexpected character at byte 3");
  CHECK(trace("[1 2]") == "error json: expected , or ] at byte 3");
  CHECK(trace("[1") == "error json: unexpected end at byte 2");
  CHECK(trace("{} x") == "error json: text after the value at byte 3");
  CHECK(trace("nullx") == "error json: text after the value at byte 4");
  CHECK(trace("nul") == "error json: unknown word at byte 0");
  CHECK(trace("\"a\nb\"") == "error json: control character at byte 2");
  CHECK(trace("\"\\x\"") == "error json: unknown escape at byte 1");
  CHECK(trace("\"\\u12g4\"") == "error json: unknown escape at byte 1");
  CHECK(trace(std::string_view("{}\0", 3)) == "error json: text after the value at byte 2");
}

TEST_CASE("json: text that is no UTF-8 is refused") {
  CHECK(trace("\"\xff\"") == "error json: not UTF-8 at byte 1");
  CHECK(trace("\"\xc0\x80\"") == "error json: not UTF-8 at byte 1");
  CHECK(trace("\"a\xed\xa0\x80\"") == "error json: not UTF-8 at byte 2");
  CHECK(trace(R"("\ud800")") == "error json: lone surrogate at byte 1");
  CHECK(trace(R"("\udc00")") == "error json: lone surrogate at byte 1");
  CHECK(trace(R"("\ud800\u0041")") == "error json: lone surrogate at byte 1");
}

TEST_CASE("json: numbers") {
  CHECK(trace("9007199254740992") == "9007199254740992 ");
  CHECK(trace("-9007199254740991") == "-9007199254740991 ");
  CHECK(trace("123456789012345678901234567890") == "#123456789012345678901234567890 ");
  CHECK(trace("0.1") == "0.1 ");
  CHECK(trace("-0") == "0 ");
  CHECK(trace("1e-999") == "0 ");
  CHECK(trace("0e999") == "0 ");
  CHECK(trace("1e999") == "error json: number out of range at byte 0");
  CHECK(trace("01") == "error json: number with a leading zero at byte 0");
  CHECK(trace("1.") == "error json: number without digits after the point at byte 0");
  CHECK(trace("1e") == "error json: number without digits in the exponent at byte 0");
  CHECK(trace("+1") == "error json: unexpected character at byte 0");
  CHECK(trace("-") == "error json: unexpected end at byte 0");
}

TEST_CASE("json: depth 64 is read, 65 is not") {
  CHECK(trace(std::string(64, '[') + std::string(64, ']')).substr(0, 5) != "error");
  CHECK(trace(std::string(65, '[') + std::string(65, ']')) ==
        "error json: deeper than 64 at byte 64");
  CHECK(trace(std::string(1000000, '[')) == "error json: deeper than 64 at byte 64");
}

TEST_CASE("json: a written string reads back") {
  CHECK(quoted("plain text of more than eight bytes") == "\"plain text of more than eight bytes\"");
  CHECK(quoted("a\"b\\c/d\n\x01\x7f") == "\"a\\\"b\\\\c/d\\n\\u0001\x7f\"");
  CHECK(quoted("12345678\"2345678\\") == "\"12345678\\\"2345678\\\\\"");
  CHECK(quoted("Zo\xc3\xab") == "\"Zo\xc3\xab\"");
  CHECK(quoted("Zo\xeb!") == "\"Zo\xef\xbf\xbd!\"");
  for (int c = 0; c < 256; ++c) {
    // Each byte at each place of a machine word.
    for (int place = 0; place < 9; ++place) {
      std::string text(9, 'x');
      text[static_cast<size_t>(place)] = static_cast<char>(c);
      std::string expected = text;
      if (c >= 0x80) expected.replace(static_cast<size_t>(place), 1, "\xef\xbf\xbd");
      REQUIRE(trace(quoted(text)) == "'" + expected + "' ");
      REQUIRE(trace(quoted(text, true)) == "'" + expected + "' ");
    }
  }
}

TEST_CASE("json: the php form escapes slashes and all that is not ASCII") {
  CHECK(quoted("a/b", true) == "\"a\\/b\"");
  CHECK(quoted("\xe2\x82\xac\xf0\x9f\x98\x80", true) == "\"\\u20ac\\ud83d\\ude00\"");
  CHECK(quoted("\xff", true) == "\"\\ufffd\"");
}

TEST_CASE("json: numbers are written short and exact") {
  CHECK(printed(100000) == "100000");
  CHECK(printed(-3) == "-3");
  CHECK(printed(0.1) == "0.1");
  CHECK(printed(1.0 / 3) == "0.3333333333333333");
  CHECK(printed(1700000000.125) == "1700000000.125");
  CHECK(printed(9007199254740993.0) == "9007199254740992");
  CHECK(printed(1e300) == "1e+300");
}
