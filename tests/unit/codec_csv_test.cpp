#include "codec/csv.h"

#include <catch2/catch.hpp>

using namespace host;
namespace csv = codec::csv;

namespace {

struct Trace : csv::Handler {
  std::string out;
  void field(std::string_view value) override { out += "[" + std::string(value) + "]"; }
  void end_row() override { out += "\n"; }
};

std::string trace(std::string_view text, char separator = ',') {
  Trace handler;
  auto result = csv::parse(text, separator, handler);
  return result ? handler.out : result.error().message;
}

std::string field(std::string_view value, char separator = ',') {
  std::string out;
  csv::append_field(out, value, separator);
  return out;
}

}  // namespace

TEST_CASE("csv: values are quoted when they must be") {
  CHECK(field("plain") == "plain");
  CHECK(field("") == "");
  CHECK(field("a,b") == "\"a,b\"");
  CHECK(field("a;b") == "a;b");
  CHECK(field("a;b", ';') == "\"a;b\"");
  CHECK(field("a b") == "\"a b\"");
  CHECK(field("a\tb") == "\"a\tb\"");
  CHECK(field("say \"x\"") == "\"say \"\"x\"\"\"");
  CHECK(field("\"") == "\"\"\"\"");
  CHECK(field("a\r\nb") == "\"a\r\nb\"");
  CHECK(field("!x") == "!x");
}

TEST_CASE("csv: rows and values are read") {
  CHECK(trace("a,b\r\n1,2\r\n") == "[a][b]\n[1][2]\n");
  CHECK(trace("a,b\n1,2") == "[a][b]\n[1][2]\n");
  CHECK(trace("\xef\xbb\xbf" "a") == "[a]\n");
  CHECK(trace("a,,\n,") == "[a][][]\n[][]\n");
  CHECK(trace("\n\na\n\n") == "[a]\n");
  CHECK(trace("\"a,\"\"b\"\"\r\nc\",d") == "[a,\"b\"\r\nc][d]\n");
  CHECK(trace("\"\"\n") == "[]\n");
  CHECK(trace("a;b", ';') == "[a][b]\n");
  CHECK(trace("a\"b,c") == "[a\"b][c]\n");
  CHECK(trace("") == "");
}

TEST_CASE("csv: a mistake names its line") {
  CHECK(trace("a\n\"b") == "csv: a quote is not closed at line 2");
  CHECK(trace("a\n\"b\nc\" d") == "csv: text after a closing quote at line 3");
}
