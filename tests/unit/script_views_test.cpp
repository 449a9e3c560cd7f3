#include "script/views.h"

#include "script_fixture.h"

#include <catch2/catch.hpp>

using namespace host::script;
using tests::Lane;

namespace {
// A stock library and a stock route that runs on it, and a route of one's own.
struct Site : Lane {
  Site() {
    add("custom/surface.lua", surface_script);
    add("lib/words.lua",
        "local words = { list = { 'a', 'b' }, deep = { say = { 'stock' } } }\n"
        "words.deep.self = words\n"
        "words.kinds = setmetatable({}, { __index = { one = 'stock' } })\n"
        "function words.say() return words.deep.say[1] .. #words.list .. words.kinds.one end\n"
        "return setmetatable(words, { __call = function(self, what) return (self == words and 'words ' or 'view ') .. what end })");
    add("lib/more.lua", "return { words = require 'lib.words' }");
    add("run.lua", "local words = require 'lib.words'\n" + handler("return words.say()"));
  }

  std::string own(const std::string& body) {
    set.scripts["own.lua"] = {"/own/own.lua",
                              "local words, more = require 'lib.words', require 'lib.more'\n"
                              "local r = route { family = 'own', summary = 's', actions = { run = { verb = 'GET /own', access = 'public' } } }\n"
                              "function r.run() " + body + " end\nreturn r",
                              1, nullptr};
    std::vector<Problem> problems;
    auto built = Generation::build(set, 1, setup(), &problems);
    INFO((problems.empty() ? "" : problems[0].message));
    REQUIRE(built);
    generation = std::move(*built);
    return text(get("/own"));
  }
};
}  // namespace

TEST_CASE("a stock module reads and runs as it is for a script of one's own") {
  Site site;
  CHECK(site.own("return words.say()") == "stock2stock");
  CHECK(site.own("return words.kinds.one") == "stock");
  CHECK(site.own("return words('x')") == "words x");
  CHECK(site.own("return table.concat(words.list)") == "ab");
  CHECK(site.own("return tostring(words == more.words and words == words.deep.self and words.deep == more.words.deep)") == "true");
}

TEST_CASE("no line of one's own changes what the stock runs on") {
  for (const char* line : {"words.say = function() return 'evil' end", "rawset(words, 'say', tostring)", "words.deep.say = { 'evil' }",
                           "words.deep.say[1] = 'evil'", "table.insert(words.list, 'c')", "more.words.say = nil", "words.list = {}",
                           "setmetatable(words, {})", "getmetatable(words).__index = {}", "words.deep.self.list[3] = 'c'",
                           "getmetatable(words.kinds).__index = { one = 'evil' }", "getmetatable(words.kinds).__index.one = 'evil'"}) {
    Site site;
    INFO(line);
    site.own(std::string("pcall(function() ") + line + " end) return 'done'");
    CHECK(Lane::text(site.get("/run")) == "stock2stock");
  }
}

TEST_CASE("what a stock function keeps and returns is a copy for a script of one's own, and a wait goes through it") {
  for (const char* line : {"words.kept().say = 'evil'", "words.kept().deep.say = 'evil'", "words.all()[1].say = 'evil'",
                           "local w = words.kept w().words.say = tostring", "rawset(words.kept(), 'say', 'evil')"}) {
    Site site;
    INFO(line);
    site.add("lib/words.lua",
             "local kept = { say = 'stock', deep = { say = 'stock' } }\n"
             "local words = { keeps = { 'kept', 'all' } }\n"
             "kept.words = words\n"
             "function words.kept(...) return kept, ... end\n"
             "function words.all() return { kept } end\n"
             "function words.say() return kept.say .. kept.deep.say .. type(words.say) end\n"
             "return words");
    site.add("run.lua", "local words = require 'lib.words'\n" + Lane::handler("return words.say()"));
    CHECK(site.own(std::string("pcall(function() ") + line +
                   " end) local w, a, b = words.kept(1, nil, 'x') return type(w) .. tostring(w == words.all()[1]) .. a .. type(b)") ==
          "tabletrue1nil");
    CHECK(Lane::text(site.get("/run")) == "stockstockfunction");
  }
}

TEST_CASE("a kept table is returned after a wait") {
  Site site;
  site.add("lib/words.lua",
           "local probe = require 'probe'\nlocal kept = { say = 'stock' }\nlocal words = { keeps = { 'kept' } }\n"
           "function words.kept() probe.wait() return kept end\n"
           "function words.say() return kept.say end\nreturn words");
  site.add("run.lua", "local words = require 'lib.words'\n" + Lane::handler("return words.say()"));
  site.set.scripts["own.lua"] = {
      "/own/own.lua",
      "local words = require 'lib.words'\n"
      "local r = route { family = 'own', summary = 's', actions = { run = { verb = 'GET /own', access = 'public' } } }\n"
      "function r.run() local w = words.kept() w.say = 'evil' return w.say end\nreturn r",
      1, nullptr};
  REQUIRE(site.build());
  auto pending = site.start("/own");
  REQUIRE(site.until([&] { return site.probe.waiting.size() == 1; }));
  site.probe.waiting[0]([](lua_State*) { return 0; });
  REQUIRE(site.until([&] { return site.answer.has_value(); }));
  CHECK(Lane::text(*site.answer) == "evil");
  CHECK(Lane::text(site.get("/run")) == "stock");
}

TEST_CASE("routes and surfaces of the stock are copies for a script of one's own, and its own are its own") {
  Site site;
  site.add("run.lua", Lane::handler("return req.route.actions.run.access .. routes.surfaces()[1].name"));
  CHECK(site.own("local stock, mine = 0, 0"
                 " for _, it in ipairs(routes.list()) do"
                 "  if it == r then mine = mine + 1 else stock = stock + 1 it.actions.run.access = 'none' it.actions = {} end"
                 " end"
                 " for _, it in ipairs(routes.surfaces()) do it.name = 'evil' end"
                 " return stock .. mine .. routes.list()[1].family") == "11own");
  CHECK(Lane::text(site.get("/run")) == "publiccustom");
}

TEST_CASE("a copy of a list is a list still") {
  Site site;
  site.add("lib/words.lua", "local mark = { __metatable = false }\nreturn { list = setmetatable({}, mark), mark = function(t) return t end }");
  site.add("run.lua", Lane::handler("return 'x'"));
  CHECK(site.own("return tostring(getmetatable(words.list)) .. tostring(pcall(setmetatable, words.list, {}))") == "falsefalse");
}

TEST_CASE("stock scripts share one module") {
  Site site;
  site.add("lib/writes.lua", "local words = require 'lib.words'\nwords.list[3] = 'c'\nreturn words");
  site.add("run.lua", "require 'lib.writes'\nlocal words = require 'lib.words'\n" + Lane::handler("return words.say()"));
  site.own("return 'x'");
  CHECK(Lane::text(site.get("/run")) == "stock3stock");
}
