#include <catch2/catch.hpp>

#include "support/bare_state.h"

using namespace host;

TEST_CASE("csv.encode") {
  tests::BareState lua(bind::open_csv, bind::open_json);
  auto encode = [&](const std::string& code) {
    return lua.run("local json = require 'json' return require('csv').encode(" + code + ")");
  };
  CHECK(encode("{{'a', 1, true, 'b c'}, {'x,y', 0.5}}") == "a,1,1,\"b c\"\n\"x,y\",0.5\n");
  CHECK(encode("{}") == "");
  CHECK(encode("{{''}, {'a'}}") == "\"\"\na\n");
  CHECK(encode("{{'a', nil, 'c'}, {json.null, 'b'}}, {header = {'one', 'two', 'three'}}") ==
        "one,two,three\na,,c\n,b,\n");
  CHECK(encode("{{'a;b', 'c'}}, {separator = ';', line_end = '\\r\\n'}") == "\"a;b\";c\r\n");
  CHECK(encode("{'a'}") == "raised: csv: row 1 is a string");
  CHECK(encode("{{print}}") == "raised: csv: a function is no value");
  CHECK(encode("{{1}}, {separator = ';;'}").find("raised: ") == 0);
}

TEST_CASE("csv.encode takes a result set") {
  tests::BareState lua(bind::open_csv);
  CHECK(lua.run("local rows = newproxy(true) local meta = getmetatable(rows) "
                "meta.__len = function() return 2 end "
                "meta.__index = function(_, key) if key == 'columns' then return {'id', 'name'} end "
                "return {id = key, name = 'n' .. key} end "
                "return require('csv').encode(rows, {header = rows.columns})") ==
        "id,name\n1,n1\n2,n2\n");
}

TEST_CASE("csv.decode") {
  tests::BareState lua(bind::open_csv);
  CHECK(lua.run("local rows = require('csv').decode('a,b\\n\"1,2\",\\n') "
                "return #rows .. rows[1][2] .. '|' .. rows[2][1] .. '|' .. rows[2][2] .. '|' .. #rows[2]") ==
        "2b|1,2||2");
  CHECK(lua.run("return #require('csv').decode('')") == "0");
  CHECK(lua.run("return require('csv').decode('\"a')") ==
        "nil invalid: csv: a quote is not closed at line 1");
}
