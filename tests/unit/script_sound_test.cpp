#include "script/sound.h"

#include <catch2/catch.hpp>

#include "unit/script_fixture.h"

using namespace host::script;
using tests::Lane;

namespace {
// A lane whose scripts are of two folders, the stock one and one's own.
struct Site : Lane {
  Site& add(const std::string& name, const std::string& text) {
    Lane::add(name, text);
    return *this;
  }

  Site& own(const std::string& name, const std::string& text) {
    std::shared_ptr<const Script> below;
    if (auto found = set.scripts.find(name); found != set.scripts.end()) below = std::make_shared<const Script>(found->second);
    set.scripts[name] = {"/own/" + name, text, 1, below};
    return *this;
  }

  // Names of what was set aside, in order of giving up.
  std::vector<std::string> aside() {
    auto built = build_sound(std::make_shared<const ScriptSet>(set), [&](const ScriptSet& some, std::vector<Problem>& problems) {
      return Generation::build(some, 1, setup(), &problems);
    });
    REQUIRE(built);
    generation = std::move(built->generation);
    last = built->scripts;
    std::vector<std::string> names;
    for (const SetAside& it : last->aside) names.push_back(it.file);
    return names;
  }

  std::shared_ptr<const ScriptSet> last;
};

std::string route(const std::string& path, const std::string& top = "") {
  return top + "\nlocal r = route { family = '" + path + "', summary = 's', actions = { run = { verb = 'GET /" + path +
         "', access = 'public' } } }\nfunction r.run() return '" + path + "' end\nreturn r";
}

using Names = std::vector<std::string>;
}  // namespace

TEST_CASE("what is broken is set aside with what depends on it, the rest serves") {
  Site site;
  site.add("custom/surface.lua", Lane::surface_script).add("run.lua", Lane::handler("return 'stock'"));
  site.own("lib/mine.lua", "return 1 +").own("needs.lua", route("needs", "require 'lib.mine'")).own("fine.lua", route("fine"));
  site.own("jobs/loops.lua", "error('no')");
  CHECK(site.aside() == Names{"/own/lib/mine.lua", "/own/jobs/loops.lua", "/own/needs.lua"});
  CHECK(Lane::text(site.get("/run")) == "stock");
  CHECK(Lane::text(site.get("/fine")) == "fine");
  CHECK(site.get("/needs").status == 404);
  CHECK(site.last->aside[0].message.find("lib/mine.lua:1: ") == 0);
}

TEST_CASE("what a broken file overrides is served in its place") {
  Site site;
  site.add("custom/surface.lua", Lane::surface_script).add("run.lua", Lane::handler("return 'stock'"));
  site.own("run.lua", "x = 1");
  CHECK(site.aside() == Names{"/own/run.lua"});
  CHECK(Lane::text(site.get("/run")) == "stock");
  CHECK(site.last->scripts.at("run.lua").file == "/test/run.lua");
}

TEST_CASE("a stock file is not blamed for one's own") {
  Site site;
  site.add("custom/surface.lua", Lane::surface_script);
  site.add("lib/words.lua", "return { say = function() return 'stock' end }");
  site.add("run.lua", "local said = require('lib.words').say()\n" + Lane::handler("return said"));
  site.add("taken.lua", route("taken"));
  SECTION("it stands in for a library") {
    site.own("lib/words.lua", "return {}");
    CHECK(site.aside() == Names{"/own/lib/words.lua"});
    CHECK(Lane::text(site.get("/run")) == "stock");
  }
  SECTION("it declares what is there, and is loaded first") {
    site.own("a.lua", route("taken"));
    CHECK(site.aside() == Names{"/own/a.lua"});
    CHECK(Lane::text(site.get("/taken")) == "taken");
    CHECK(site.last->aside[0].message.find("a.lua") != std::string::npos);
    CHECK(site.last->aside[0].message.find("taken.lua") != std::string::npos);
  }
  SECTION("its surface does not like the routes") {
    site.add("picky/surface.lua",
             "return surface { name = 'picky', mounts = { '/picky' }, handle = function() return { body = 'picky' } end,\n"
             "  loaded = function(routes) if #routes > 1 then error('too many') end end }");
    site.add("picky/one.lua", route("one")).own("picky/two.lua", route("two"));
    CHECK(site.aside() == Names{"/own/picky/two.lua"});
    CHECK(Lane::text(site.get("/picky/one")) == "picky");
  }
}

TEST_CASE("with a surface goes what it served") {
  Site site;
  site.add("custom/surface.lua", Lane::surface_script).add("run.lua", Lane::handler("return 'stock'"));
  site.own("pager/surface.lua", "nonsense").own("pager/one.lua", route("one")).own("pager/lib/x.lua", "return 1");
  CHECK(site.aside() == Names{"/own/pager/surface.lua", "/own/pager/lib/x.lua", "/own/pager/one.lua"});
  CHECK(site.get("/one").status == 404);
  CHECK(Lane::text(site.get("/run")) == "stock");
}

TEST_CASE("a loop while it loads costs its own file") {
  Watchdog watchdog;  // outlives the states it watches
  Site site;
  site.watchdog = &watchdog;
  site.limits.load_ms = 50;
  site.add("custom/surface.lua", Lane::surface_script).add("run.lua", Lane::handler("return 'stock'"));
  site.own("lib/spin.lua", "while true do end").own("spin.lua", "require 'lib.spin'");
  CHECK(site.aside() == Names{"/own/lib/spin.lua", "/own/spin.lua"});
  CHECK(Lane::text(site.get("/run")) == "stock");
}
