#include "store/encode.h"

#include <catch2/catch.hpp>

#include <cmath>

using namespace host::store;

namespace {

Rows sample() {
  Rows rows(std::make_shared<Columns>(Columns{"id", "full name", "note", "cost"}));
  rows.add({Kind::integer, 1, 0, {}});
  rows.add({Kind::text, 0, 0, "Ann \"A\" Lee"});
  rows.add({Kind::text, 0, 0, "a|b\r\nc,<&>"});
  rows.add({Kind::real, 0, 0.5, {}});
  rows.add({Kind::integer, 2, 0, {}});
  rows.add({});
  rows.add({Kind::text, 0, 0, ""});
  rows.add({Kind::real, 0, std::nan(""), {}});
  return rows;
}

Rows nothing() { return Rows(std::make_shared<Columns>(Columns{"a", "b"})); }

Format format(Format::Kind kind) {
  Format format;
  format.kind = kind;
  return format;
}

}  // namespace

TEST_CASE("csv quotes what needs it and nothing else") {
  Rows rows(std::make_shared<Columns>(Columns{"a", "b c"}));
  for (std::string_view text : {"x", "a,b", "say \"hi\"", "two\nlines"}) rows.add({Kind::text, 0, 0, text});
  CHECK(encode(rows, format(Format::Kind::csv)) ==
        "a,\"b c\"\nx,\"a,b\"\n\"say \"\"hi\"\"\",\"two\nlines\"\n");
  CHECK(encode(nothing(), format(Format::Kind::csv)) == "a,b\n");
  Format bare = format(Format::Kind::csv);
  bare.header = false;
  CHECK(encode(nothing(), bare).empty());
}

TEST_CASE("plain keeps the shape of its lines whatever a value holds") {
  Format plain = format(Format::Kind::plain);
  CHECK(encode(sample(), plain) ==
        "id|full name|note|cost\n1|Ann \"A\" Lee|a b  c,<&>|0.5\n2|||nan\n");
  plain.header = false;
  plain.positional = plain.trailing = true;
  Rows one(std::make_shared<Columns>(Columns{"a", "b"}));
  one.add({Kind::text, 0, 0, "x"});
  one.add({});
  CHECK(encode(one, plain) == "x|x|||\n");
}

// A caller's name in windows-1251 cost a strict reader the whole file.
TEST_CASE("what is no UTF-8 is replaced in every format") {
  Rows rows(std::make_shared<Columns>(Columns{"clid", "n"}));
  rows.add({Kind::text, 0, 0, "\xc8\xe2\xe0\xed <101>"});
  rows.add({Kind::text, 0, 0, "\xc3\xbc"});
  std::string name = "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd <101>";
  CHECK(encode(rows, format(Format::Kind::plain)) == "clid|n\n" + name + "|\xc3\xbc\n");
  CHECK(encode(rows, format(Format::Kind::csv)) == "clid,n\n\"" + name + "\",\xc3\xbc\n");
  Format made = format(Format::Kind::text);
  made.row = "{$clid};{$n}\n";
  CHECK(encode(rows, made) == name + ";\xc3\xbc\n");
}

TEST_CASE("json of one row is an object") {
  Format one = format(Format::Kind::json);
  one.one = one.text = true;
  one.integers = {"id"};
  CHECK(encode(sample(), one) ==
        R"({"id":1,"full name":"Ann \"A\" Lee","note":"a|b\r\nc,<&>","cost":"0.5"})");
  CHECK(encode(nothing(), one) == "null");
}

TEST_CASE("json, numbers as they are or as strings") {
  Format json = format(Format::Kind::json);
  CHECK(encode(sample(), json) ==
        R"([{"id":1,"full name":"Ann \"A\" Lee","note":"a|b\r\nc,<&>","cost":0.5},)"
        R"({"id":2,"full name":null,"note":"","cost":null}])");
  json.text = true;
  json.integers = {"id"};
  std::string text = encode(sample(), json);
  CHECK(text.find(R"("id":1,)") != text.npos);
  CHECK(text.find(R"("cost":"0.5")") != text.npos);
  CHECK(encode(nothing(), json) == "[]");
}

TEST_CASE("json with every column twice, as a PHP fetch gives it") {
  Rows rows(std::make_shared<Columns>(Columns{"st_state", "n"}));
  rows.add({Kind::text, 0, 0, "INUSE"});
  rows.add({Kind::integer, 3, 0, {}});
  Format json = format(Format::Kind::json);
  json.positional = true;
  CHECK(encode(rows, json) == R"([{"0":"INUSE","st_state":"INUSE","1":3,"n":3}])");
}

TEST_CASE("json with columns in parts, as objects in an object") {
  Rows rows(std::make_shared<Columns>(Columns{"id", "a\"b.x", "a\"b.y", "none.x", "last.p.q", "after"}));
  Format json = format(Format::Kind::json);
  json.nested = json.one = true;
  CHECK(encode(rows, json) == R"({"id":null,"a\"b":false,"none":false,"last":false,"after":null})");
  rows.add({Kind::integer, 7, 0, {}});
  rows.add({});
  rows.add({Kind::text, 0, 0, "\"y\""});
  rows.add({});
  rows.add({Kind::integer, 8, 0, {}});
  rows.add({});
  CHECK(encode(rows, json) == R"({"id":7,"a\"b":{"y":"\"y\""},"none":false,"last":{"p.q":8},"after":null})");
  json.text = true;
  json.integers = {"id"};
  json.one = false;
  CHECK(encode(rows, json) == R"([{"id":7,"a\"b":{"y":"\"y\""},"none":false,"last":{"p.q":"8"},"after":null}])");
  Rows parts(std::make_shared<Columns>(Columns{"a.x", ".b"}));
  for (int i = 0; i < 2; ++i) parts.add({Kind::integer, i, 0, {}});
  json = format(Format::Kind::json);
  json.nested = true;
  CHECK(encode(parts, json) == R"([{"a":{"x":0},".b":1}])");
}

TEST_CASE("bytes that are no text do not break json or xml") {
  Rows rows(std::make_shared<Columns>(Columns{"a"}));
  rows.add({Kind::blob, 0, 0, std::string_view("\xff\x01\0x", 4)});
  CHECK(encode(rows, format(Format::Kind::json)) == "[{\"a\":\"\xef\xbf\xbd\\u0001\\u0000x\"}]");
  std::string xml = encode(rows, format(Format::Kind::xml));
  CHECK(xml.find('\xff') == xml.npos);
  CHECK(xml.find('\x01') == xml.npos);
}

TEST_CASE("xml elements have lawful names") {
  Rows rows(std::make_shared<Columns>(Columns{"2fa", "a b", "ok-1"}));
  for (std::string_view text : {"<x>", "&", "'"}) rows.add({Kind::text, 0, 0, text});
  std::string xml = encode(rows, format(Format::Kind::xml));
  CHECK(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result><Row><_2fa>&lt;x&gt;</_2fa><a_b>&amp;</a_b><ok-1>"));
  CHECK(xml.ends_with("</ok-1></Row></Result>"));
  Format own = format(Format::Kind::xml);
  own.head = "<contacts>";
  own.tail = "</contacts>";
  own.row_element = "contact";
  CHECK(encode(nothing(), own) == "<contacts></contacts>");
}

TEST_CASE("a template inserts columns and leaves the rest as it is") {
  Format text = format(Format::Kind::text);
  text.head = "BEGIN {$id}\n";
  text.row = "{$id};{$nope};{$full name} {broken {$";
  text.tail = "END";
  CHECK(encode(sample(), text) ==
        "BEGIN {$id}\n1;;Ann \"A\" Lee {broken {$2;; {broken {$END");
}

TEST_CASE("the whole answer without rows can be chosen, even to be nothing") {
  for (auto kind : {Format::Kind::csv, Format::Kind::plain, Format::Kind::json, Format::Kind::xml,
                    Format::Kind::text}) {
    Format chosen = format(kind);
    chosen.head = "head";
    chosen.has_empty = true;
    chosen.empty = "]";
    CHECK(encode(nothing(), chosen) == "]");
    chosen.empty = "";
    CHECK(encode(nothing(), chosen).empty());
    CHECK(encode(sample(), chosen).starts_with("head"));
  }
}

TEST_CASE("an unknown format is refused by name") {
  CHECK(*format_kind("template") == Format::Kind::text);
  CHECK_FALSE(format_kind("yaml"));
}
