#include "codec/form.h"

#include <catch2/catch.hpp>

using namespace host;
using codec::form::Fields;

TEST_CASE("form: pairs keep their order and their duplicates") {
  auto fields = codec::form::parse("b=2&a=1&b=3");
  REQUIRE(fields);
  CHECK(*fields == Fields{{"b", "2"}, {"a", "1"}, {"b", "3"}});
  CHECK(*codec::form::find(*fields, "b") == "2");
  CHECK(codec::form::find(*fields, "c") == nullptr);
}

TEST_CASE("form: escapes, plus, missing values and empty pieces") {
  struct Case {
    const char* text;
    Fields fields;
  };
  const Case cases[] = {
      {"", {}},
      {"&&", {}},
      {"a", {{"a", ""}}},
      {"a=", {{"a", ""}}},
      {"=v", {{"", "v"}}},
      {"a=b=c", {{"a", "b=c"}}},
      {"a=1&&b=2&", {{"a", "1"}, {"b", "2"}}},
      {"a+b=c+d%2B", {{"a b", "c d+"}}},
      {"n=%C3%A8%26%3d", {{"n", "\xC3\xA8&="}}},
  };
  for (const Case& c : cases) {
    INFO(c.text);
    auto fields = codec::form::parse(c.text);
    REQUIRE(fields);
    CHECK(*fields == c.fields);
  }
}

TEST_CASE("form: broken escapes, NUL and too many fields are refused") {
  for (const char* text : {"a=%", "a=%1", "a=%zz", "%g0=1", "a=%00", "a=1&b=%4"}) {
    INFO(text);
    auto fields = codec::form::parse(text);
    REQUIRE_FALSE(fields);
    CHECK(fields.error().code == base::Code::invalid);
  }
  CHECK(codec::form::parse("a&b&c", 3));
  CHECK_FALSE(codec::form::parse("a&b&c&d", 3));
}

TEST_CASE("form: what is built parses back to the same") {
  Fields fields{{"a b", "c&d=e"}, {"\xC3\xA8", "100%+\r\n"}, {"empty", ""}};
  CHECK(codec::form::build({{"a b", "c&d"}}) == "a%20b=c%26d");
  auto again = codec::form::parse(codec::form::build(fields));
  REQUIRE(again);
  CHECK(*again == fields);
}
