#include "codec/xml.h"

#include <catch2/catch.hpp>

using namespace host;
namespace xml = codec::xml;

namespace {

struct Trace : xml::Handler {
  std::string out;
  void begin(std::string_view name) override { out += "<" + std::string(name) + " "; }
  void attribute(std::string_view name, std::string_view value) override {
    out += std::string(name) + "=" + std::string(value) + " ";
  }
  void text(std::string_view text) override { out += "'" + std::string(text) + "' "; }
  void end() override { out += "> "; }
};

std::string trace(std::string_view text) {
  Trace handler;
  auto result = xml::parse(text, handler);
  return result ? handler.out : result.error().message;
}

std::string escaped(std::string_view text) {
  std::string out;
  xml::append_text(out, text);
  return out;
}

}  // namespace

TEST_CASE("xml: elements, attributes, text, CDATA and comments") {
  CHECK(trace("<?xml version=\"1.0\"?><a x='1' y=\"&lt;\"><b>t&amp;&#65;&#x42;</b><!-- no --><c/></a>") ==
        "<a x=1 y=< <b 't&AB' > <c > > ");
  CHECK(trace("<a><![CDATA[<b>&x;]]></a>") == "<a '<b>&x;' > ");
  CHECK(trace("\xef\xbb\xbf<a>\xc3\xab</a>") == "<a '\xc3\xab' > ");
}

TEST_CASE("xml: DTD, entities and instructions are refused") {
  CHECK(trace("<!DOCTYPE a><a/>") == "xml: a DTD is not allowed at line 1");
  CHECK(trace("<a>\n<!ENTITY x 'y'></a>") == "xml: a DTD is not allowed at line 2");
  CHECK(trace("<a>&x;</a>") == "xml: unknown entity at line 1");
  CHECK(trace("<a>a & b</a>") == "xml: unknown entity at line 1");
  CHECK(trace("<a>&#0;</a>") == "xml: unknown entity at line 1");
  CHECK(trace("<a>&#xD800;</a>") == "xml: unknown entity at line 1");
  CHECK(trace("<a x='&y;'/>") == "xml: unknown entity at line 1");
  CHECK(trace("<a/><?php echo ?>") == "xml: a processing instruction is not allowed at line 1");
  CHECK(trace("<?xml-stylesheet x?><a/>") ==
        "xml: a processing instruction is not allowed at line 1");
}

TEST_CASE("xml: what is not well formed is refused") {
  CHECK(trace("") == "xml: empty text");
  CHECK(trace("hello") != "");
  CHECK(trace("<a>\n<b>\n</a>").find("xml: an element is not closed") == 0);
  CHECK(trace("<a").find("xml: ") == 0);
  CHECK(trace("<a/><b/>").find("xml: a second root element") == 0);
  CHECK(trace("<a/>text").find("xml: ") == 0);
  CHECK(trace("<a x='1' x='2'/>").find("xml: a wrong or repeated attribute") == 0);
  CHECK(trace("<!-- only -->") == "xml: no element");
  CHECK(trace("<a>\xff</a>") == "xml: not UTF-8 at line 1");
  CHECK(trace(std::string_view("<a>\0</a>", 8)) == "xml: control character at line 1");
  CHECK(trace("<!--\x01--><a/>") == "xml: control character at line 1");
}

TEST_CASE("xml: a text may be in the encoding it declares, or in UTF-16") {
  using namespace std::string_literals;
  CHECK(trace("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>Zan\xe8</a>") == "<a 'Zan\xc3\xa8' > ");
  CHECK(trace("<?xml version='1.0' encoding='windows-1251'?><a>\xc8</a>") == "<a '\xd0\x98' > ");
  CHECK(trace("\xff\xfe<\0a\0>\0\xe8\0<\0/\0a\0>\0"s) == "<a '\xc3\xa8' > ");
  CHECK(trace("\0<\0a\0/\0>"s) == "<a > ");
  CHECK(trace("<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>") == "<a > ");
  CHECK(trace("<?xml version=\"1.0\" encoding=\"EBCDIC\"?><a/>") == "xml: unknown encoding: EBCDIC");
  // what a conversion brings to light is checked as well
  CHECK(trace("<\0!\0D\0O\0C\0T\0Y\0P\0E\0 \0a\0>\0<\0a\0/\0>\0"s) == "xml: a DTD is not allowed at line 1");
  CHECK(trace("<?xml version=\"1.0\" encoding=\"UTF-16\"?><a/>").find("xml: ") == 0);
}

TEST_CASE("xml: limits") {
  auto nested = [](int depth) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += "<a>";
    for (int i = 0; i < depth; ++i) text += "</a>";
    return trace(text);
  };
  CHECK(nested(64).find("xml:") == std::string::npos);
  CHECK(nested(65).find("xml: deeper than 64") == 0);
  CHECK(nested(5000).find("xml: deeper than 64") == 0);
  CHECK(trace("<a>" + std::string(xml::max_size, ' ') + "</a>") == "xml: larger than 8 MiB");
  std::string many = "<a>";
  for (size_t i = 0; i < xml::max_tags; ++i) many += "<b/>";
  CHECK(trace(many + "</a>") == "xml: too many elements at line 1");
}

TEST_CASE("xml: text is escaped and stays well formed") {
  CHECK(escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;\"c'");
  CHECK(escaped(std::string_view("a\0\x01" "b\r\n\tc", 8)) == "ab&#13;\n\tc");
  CHECK(escaped("Zo\xeb Zo\xc3\xab") == "Zo\xef\xbf\xbd Zo\xc3\xab");
  CHECK(escaped("\xef\xbf\xbe!") == "!");
  std::string out;
  xml::append_attribute(out, "a\"<\n");
  CHECK(out == "a&quot;&lt;&#10;");
}

TEST_CASE("xml: names") {
  CHECK(xml::valid_name("sip_secret"));
  CHECK(xml::valid_name("a-b.c1"));
  CHECK_FALSE(xml::valid_name(""));
  CHECK_FALSE(xml::valid_name("0"));
  CHECK_FALSE(xml::valid_name("-a"));
  CHECK_FALSE(xml::valid_name("a b"));
  CHECK_FALSE(xml::valid_name("a><b"));
}
