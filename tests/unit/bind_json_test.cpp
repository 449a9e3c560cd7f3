#include "bind/encode.h"

#include <catch2/catch.hpp>

#include "support/bare_state.h"

using namespace host;

namespace {

struct JsonState : tests::BareState {
  JsonState() : BareState(bind::open_json) {}
  std::string encode(const std::string& value, const std::string& options = "nil") {
    return run("local json = require 'json' return json.encode(" + value + ", " + options + ")");
  }
  // Decoded and encoded again.
  std::string round(const std::string& text) {
    lua_pushlstring(raw(), text.data(), text.size());
    lua_setglobal(raw(), "text");
    return run(
        "local json = require 'json' local value, err = json.decode(text) "
        "if err then return nil, err end return json.encode(value)");
  }
};

}  // namespace

TEST_CASE("json.encode writes values by their kind") {
  JsonState lua;
  CHECK(lua.encode("nil") == "null");
  CHECK(lua.encode("true") == "true");
  CHECK(lua.encode("12") == "12");
  CHECK(lua.encode("'a/b'") == "\"a/b\"");
  CHECK(lua.encode("{}") == "[]");
  CHECK(lua.encode("{1, {2}, 'x'}") == "[1,[2],\"x\"]");
  CHECK(lua.encode("{b = 1, a = {c = true}, ['a b'] = 0}") ==
        "{\"a\":{\"c\":true},\"a b\":0,\"b\":1}");
  CHECK(lua.encode("{json.null, a = nil}") == "[null]");
}

TEST_CASE("json.encode takes a table with other keys than 1..n as an object") {
  JsonState lua;
  CHECK(lua.encode("{[1] = 'a', [3] = 'b'}") == "{\"1\":\"a\",\"3\":\"b\"}");
  CHECK(lua.encode("{1, x = 2}") == "{\"1\":1,\"x\":2}");
  CHECK(lua.encode("{[0] = 1}") == "{\"0\":1}");
  CHECK(lua.encode("{[1.5] = 1}") == "{\"1.5\":1}");
}

TEST_CASE("json.object, json.array, json.ordered and json.raw") {
  JsonState lua;
  CHECK(lua.encode("json.object({})") == "{}");
  CHECK(lua.encode("json.object({'x'})") == "{\"1\":\"x\"}");
  CHECK(lua.encode("json.array({})") == "[]");
  CHECK(lua.encode("json.ordered('z', 1, 'a', nil, 'b', {}, 'c', json.null)") ==
        "{\"z\":1,\"b\":[],\"c\":null}");
  CHECK(lua.encode("json.ordered()") == "{}");
  CHECK(lua.encode("{x = json.raw('[1, 2]')}") == "{\"x\":[1, 2]}");
  CHECK(lua.run("local json = require 'json' return json.is_array(json.array({}))") == "true");
  CHECK(lua.run("local json = require 'json' return json.is_array({1})") == "false");
  CHECK(lua.run("local json = require 'json' return json.is_array(json.decode('[]'))") == "true");
  CHECK(lua.run("local json = require 'json' return json.is_array(json.decode('{}'))") == "false");
  CHECK(lua.encode("json.object(setmetatable({}, {}))") ==
        "raised: json: the table has a metatable of its own");
}

TEST_CASE("json.encode options") {
  JsonState lua;
  CHECK(lua.encode("'a/\\195\\171'", "{php = true}") == "\"a\\/\\u00eb\"");
  CHECK(lua.encode("{a = {1}, b = {}}", "{indent = true}") ==
        "{\n  \"a\": [\n    1\n  ],\n  \"b\": []\n}");
}

TEST_CASE("json.encode raises on what has no JSON form") {
  JsonState lua;
  CHECK(lua.encode("print") == "raised: json: a function has no JSON form");
  CHECK(lua.encode("0/0") == "raised: json: a number that is not finite");
  CHECK(lua.encode("1/0") == "raised: json: a number that is not finite");
  CHECK(lua.encode("{[true] = 1}") == "raised: json: a boolean cannot be a key");
  CHECK(lua.encode("newproxy()") == "raised: json: this userdata has no JSON form");
  CHECK(lua.run("local t = {} t.t = t return require('json').encode(t)") ==
        "raised: json: deeper than 100, or a cycle");
  CHECK(lua.run("local t = {} for _ = 1, 99 do t = {t} end return #require('json').encode(t)") ==
        "200");
  CHECK(lua.run("local t = {} for _ = 1, 100 do t = {t} end return require('json').encode(t)") ==
        "raised: json: deeper than 100, or a cycle");
}

TEST_CASE("json.encode keeps keys sorted when shapes change from row to row") {
  JsonState lua;
  CHECK(lua.encode("{{b=1,a=2},{b=3,a=4},{c=5,a=6},{a=7,b=8,c=9},{b=1,a={b=2,a={b=3,a=4}}}}") ==
        "[{\"a\":2,\"b\":1},{\"a\":4,\"b\":3},{\"a\":6,\"c\":5},{\"a\":7,\"b\":8,\"c\":9},"
        "{\"a\":{\"a\":{\"a\":4,\"b\":3},\"b\":2},\"b\":1}]");
}

TEST_CASE("json.encode writes objects too large for the stack") {
  JsonState lua;
  CHECK(lua.run("local json = require 'json' local t = {} for i = 1, 3000 do t['k' .. i] = i end "
                "local back = json.decode(json.encode(t)) "
                "for i = 1, 3000 do if back['k' .. i] ~= i then return i end end return 'same'") ==
        "same");
  // Many nested objects, each of which spreads its fields on the stack.
  CHECK(lua.run("local json = require 'json' local t = {x = 1} for _ = 1, 60 do "
                "local outer = {} for i = 1, 400 do outer['k' .. i] = i end outer.k0 = t t = outer end "
                "local text = json.encode(t) return text:sub(1, 6)") == "{\"k0\":");
}

TEST_CASE("json.decode keeps arrays, objects and null apart") {
  JsonState lua;
  CHECK(lua.round("{\"a\":[],\"b\":{},\"c\":null,\"d\":[null,1]}") ==
        "{\"a\":[],\"b\":{},\"c\":null,\"d\":[null,1]}");
  CHECK(lua.round("[[1,[2,{\"x\":[3]}]],4]") == "[[1,[2,{\"x\":[3]}]],4]");
  CHECK(lua.round("{\"a\":1,\"a\":2}") == "{\"a\":2}");
  CHECK(lua.round("7") == "7");
  CHECK(lua.run("local json = require 'json' return json.decode('null') == json.null") == "true");
  CHECK(lua.run("local json = require 'json' return json.decode('{\"a\":[1,2]}').a[2]") == "2");
}

TEST_CASE("json.decode answers nil and an error") {
  JsonState lua;
  CHECK(lua.round("[1,") == "nil invalid: json: unexpected end at byte 3");
  CHECK(lua.round("{\"a\":{\"b\":[1,2,x]}}") ==
        "nil invalid: json: unexpected character at byte 15");
  CHECK(lua.round("\"\xff\"") == "nil invalid: json: not UTF-8 at byte 1");
  CHECK(lua.round(std::string(65, '[')) == "nil invalid: json: deeper than 64 at byte 64");
  CHECK(lua.round("") == "nil invalid: json: empty text at byte 0");
}

TEST_CASE("json.encode asks a userdata's own encoder") {
  JsonState lua;
  lua_State* L = lua.raw();
  lua_newuserdata(L, 1);
  lua_newtable(L);
  bind::set_encoder(L, [](lua_State*, int, std::string& out, const codec::json::Format& format) {
    out += format.php ? "\"php\"" : "\"plain\"";
  });
  lua_setmetatable(L, -2);
  lua_setglobal(L, "rows");
  CHECK(lua.encode("{rows}") == "[\"plain\"]");
  CHECK(lua.encode("{rows}", "{php = true}") == "[\"php\"]");
}

TEST_CASE("push_json leaves the stack as it was when it fails") {
  JsonState lua;
  lua_settop(lua.raw(), 0);
  CHECK_FALSE(bind::push_json(lua.raw(), "[1, {\"a\":"));
  CHECK(lua_gettop(lua.raw()) == 0);
  CHECK(bind::push_json(lua.raw(), "[1]"));
  CHECK(lua_gettop(lua.raw()) == 1);
}
