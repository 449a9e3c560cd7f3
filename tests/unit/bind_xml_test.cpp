#include <catch2/catch.hpp>

#include "support/bare_state.h"

using namespace host;

namespace {

struct XmlState : tests::BareState {
  XmlState() : BareState(bind::open_xml, bind::open_json) {}
  std::string encode(const std::string& element) {
    return run("return require('xml').encode(" + element + ", {declaration = false})");
  }
};

}  // namespace

TEST_CASE("xml.encode") {
  XmlState lua;
  CHECK(lua.run("return require('xml').encode({'a'})") ==
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<a/>");
  CHECK(lua.encode("{'r', {{'id', '7'}, {'user', {{'code', 0}}}, {'on', true}, {'n', nil}}}") ==
        "<r><id>7</id><user><code>0</code></user><on>true</on><n/></r>");
  CHECK(lua.encode("{'a', ''}") == "<a></a>");
  CHECK(lua.encode("{'a', {}}") == "<a></a>");
  CHECK(lua.encode("{'a', require('json').null}") == "<a/>");
  CHECK(lua.encode("{'a', '<&>', attributes = {b = '\"', a = 1}}") ==
        "<a a=\"1\" b=\"&quot;\">&lt;&amp;&gt;</a>");
}

TEST_CASE("xml.encode raises on what is no element") {
  XmlState lua;
  CHECK(lua.encode("{'a b'}") == "raised: xml: not a name: a b");
  CHECK(lua.encode("{'a><script'}") == "raised: xml: not a name: a><script");
  CHECK(lua.encode("{1}") == "raised: xml: not a name: number");
  CHECK(lua.encode("{'a', print}") == "raised: xml: the content of a is a function");
  CHECK(lua.encode("{'a', {'b'}}") == "raised: xml: an element is a string");
  CHECK(lua.encode("{'a', 0/0}") == "raised: xml: a number that is not finite");
  CHECK(lua.run("local t = {'a', {}} t[2][1] = t return require('xml').encode(t)") ==
        "raised: xml: deeper than 64, or a cycle");
}

TEST_CASE("xml.decode, xml.child and xml.value") {
  XmlState lua;
  std::string start =
      "local xml = require 'xml' local r, err = xml.decode([[<r a='1'> x <b>one</b>y<b>two</b><c/></r>]]) ";
  CHECK(lua.run(start + "return r.name .. r.attributes.a .. '|' .. r.text .. '|' .. #r") ==
        "r1|x y|3");
  CHECK(lua.run(start + "return xml.value(r, 'b') .. xml.child(r, 'b').name") == "oneb");
  CHECK(lua.run(start + "return xml.value(r, 'c')") == "");
  CHECK(lua.run(start + "return xml.value(r, 'd')") == "nil");
  CHECK(lua.run(start + "return xml.child(r, 'd')") == "nil");
  CHECK(lua.run("return require('xml').decode('<!DOCTYPE a><a/>')") ==
        "nil invalid: xml: a DTD is not allowed at line 1");
  CHECK(lua.run("return require('xml').decode('')") == "nil invalid: xml: empty text");
}
