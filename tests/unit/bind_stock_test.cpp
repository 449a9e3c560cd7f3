// What scripts of one's own get of the real stock: never a table that the stock keeps.
#include "script_fixture.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <set>

#include "bind/bind.h"
#include "script/layers.h"
#include "script/sandbox.h"

using namespace host;

namespace {

// Tables that can be reached from some values: by their fields and metatables, and of functions by what they close over.
class Reach {
 public:
  explicit Reach(lua_State* L, bool functions) : L_(L), functions_(functions) {}

  void from(int index, const std::string& path) {
    lua_checkstack(L_, 20);
    if (lua_isfunction(L_, index)) return functions_ ? from_function(index, path) : void();
    if (!lua_istable(L_, index) || !found.emplace(lua_topointer(L_, index), path).second) return;
    if (script::is_read_only(L_, index)) {
      found.erase(lua_topointer(L_, index));
      return;
    }
    lua_pushvalue(L_, index);
    int table = lua_gettop(L_);
    if (lua_getmetatable(L_, table)) {
      lua_getfield(L_, -1, "__metatable");  // with one nobody gets it, as the marks of json
      if (lua_isnil(L_, -1)) from(table + 1, path + "(metatable)");
    }
    lua_settop(L_, table);
    lua_pushnil(L_);
    while (lua_next(L_, table)) {
      lua_pushvalue(L_, -2);
      const char* key = lua_tostring(L_, -1);
      std::string below = path + "." + (key ? key : luaL_typename(L_, -1));
      from(table + 1, below);
      from(table + 2, below);
      lua_settop(L_, table + 1);
    }
    lua_settop(L_, table - 1);
  }

  std::map<const void*, std::string> found;

 private:
  void from_function(int index, const std::string& path) {
    if (lua_iscfunction(L_, index) || !functions.insert(lua_topointer(L_, index)).second) return;
    lua_pushvalue(L_, index);
    int function = lua_gettop(L_);
    for (int i = 1; const char* name = lua_getupvalue(L_, function, i); ++i) {
      from(function + 1, path + ":" + name);
      lua_settop(L_, function);
    }
    lua_settop(L_, function - 1);
  }

  lua_State* L_;
  bool functions_;
  std::set<const void*> functions;
};

struct Site : tests::Lane {
  bind::Services services;
  std::vector<std::string> leaks;
  std::set<std::string> told;
  int calls = 0;

  static Site& of(lua_State* L) { return *static_cast<Site*>(lua_touserdata(L, lua_upvalueindex(1))); }

  // Replaces a view by what is behind it.
  static void open_view(lua_State* L, int index) {
    if (!lua_istable(L, index) || !script::is_read_only(L, index)) return lua_pushvalue(L, index);
    lua_getmetatable(L, index);
    lua_getfield(L, -1, "__index");
    if (!lua_getupvalue(L, -1, 1)) lua_pushvalue(L, index);
  }

  // names(view): of the functions in it.
  static int names(lua_State* L) {
    open_view(L, 1);
    int module = lua_gettop(L);
    lua_createtable(L, 0, 0);
    int list = lua_gettop(L), count = 0;
    if (!lua_istable(L, module)) return 1;
    lua_pushnil(L);
    while (lua_next(L, module)) {
      if (lua_isfunction(L, -1) && lua_type(L, -2) == LUA_TSTRING) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, list, ++count);
      }
      lua_pop(L, 1);
    }
    return 1;
  }

  // look({name = view}, {{got, how}}, given): what of `got` the stock keeps.
  static int look(lua_State* L) {
    Site& site = of(L);
    Reach stock(L, true), given(L, false);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
      open_view(L, lua_gettop(L));
      stock.from(lua_gettop(L), lua_tostring(L, 4));
      lua_settop(L, 4);
    }
    lua_settop(L, 3);
    given.from(3, "given");
    site.calls += static_cast<int>(lua_objlen(L, 2));
    for (int i = 1; i <= static_cast<int>(lua_objlen(L, 2)); ++i) {
      lua_rawgeti(L, 2, i);
      lua_rawgeti(L, 4, 1);
      lua_rawgeti(L, 4, 2);
      Reach got(L, false);
      got.from(5, lua_tostring(L, 6));
      for (const auto& [table, path] : got.found) {
        auto kept = stock.found.find(table);
        if (kept == stock.found.end() || given.found.count(table)) continue;
        if (path.starts_with("lib.params.declared(")) continue;  // kept by the action that was given: a script's own
        std::string of = path.substr(0, path.find('(')) + path.substr(path.find(')') + 1);
        if (site.told.insert(of).second) site.leaks.push_back(path + " is " + kept->second);
      }
      lua_settop(L, 3);
    }
    return 0;
  }

  void open() {
    auto read = script::read_scripts({PATCHBAY_SOURCE_DIR "/scripts"});
    REQUIRE(read);
    set = **read;
  }

  void run(const std::string& own) {
    limits.memory_bytes = 1u << 30;
    set.scripts["own.lua"] = {"/own/own.lua", own, 1, nullptr};
    auto with = setup();
    with.open_modules = [this](lua_State* L) {
      bind::set_services(L, &services);
      bind::open_all(L);
      lua_createtable(L, 0, 2);
      for (auto [name, function] : {std::pair("names", &names), std::pair("look", &look)}) {
        lua_pushlightuserdata(L, this);
        lua_pushcclosure(L, function, 1);
        lua_setfield(L, -2, name);
      }
      script::add_module(L, "probe");
    };
    std::vector<script::Problem> problems;
    auto built = script::Generation::build(set, 1, std::move(with), &problems);
    INFO((problems.empty() ? "" : problems[0].message));
    REQUIRE(built);
    generation = std::move(*built);
  }
};

constexpr const char* prelude = R"lua(
local json = require "json"
local probe = require "probe"
local got, seen = {}, {}
local texts = { "", "extension", "queue", "condition", "ex_extensions", "ex_number", "EXT", "EXT-1", "DEMO", "100", "PJSIP", "get", "name",
  "string", "2026-01-01", "*", "in", "mp3", "Available" }
local function keep(how, ok, ...)
  if not ok then return end
  local name = how:match("^[^(]*")
  seen[name] = seen[name] or {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    if type(value) == "table" and not seen[name][value] then
      seen[name][value] = true
      got[#got + 1] = { value, how }
    end
  end
end
local given = { {}, { name = "extension", columns = {}, actions = {}, children = {} }, json.array({}), json.object({}) }
local function try(how, f)
  keep(how .. "()", pcall(f))
  local firsts = {}
  for _, text in ipairs(texts) do firsts[#firsts + 1] = text end
  for _, it in ipairs(given) do firsts[#firsts + 1] = it end
  for _, it in pairs(modules) do firsts[#firsts + 1] = it end
  firsts[#firsts + 1] = 1
  firsts[#firsts + 1] = true
  for _, first in ipairs(firsts) do
    keep(how .. "(" .. tostring(first) .. ")", pcall(f, first))
    for _, second in ipairs(texts) do keep(how .. "(" .. tostring(first) .. ", " .. second .. ")", pcall(f, first, second)) end
    for _, second in ipairs(given) do keep(how .. "(" .. tostring(first) .. ", {})", pcall(f, first, second)) end
  end
end
for name, module in pairs(modules) do
  if type(module) == "function" then try(name, module) end
  for _, key in ipairs(probe.names(module)) do try(name .. "." .. key, module[key]) end
end
keep("routes.list", true, routes.list())
keep("routes.surfaces", true, routes.surfaces())
probe.look(modules, got, given)
return {}
)lua";

}  // namespace

TEST_CASE("no function of the stock gives a script of one's own a table that the stock keeps") {
  Site site;
  site.open();
  std::string requires_all = "local modules = {}\n";
  for (const auto& [file, script] : site.set.scripts) {
    if (script::layers::role_of(file) != script::layers::Role::library) continue;
    if (!script::layers::refusal("own.lua", file, "").empty()) continue;
    std::string name = file.substr(0, file.size() - 4);
    std::replace(name.begin(), name.end(), '/', '.');
    if (name.ends_with(".init")) name.resize(name.size() - 5);
    requires_all += "modules['" + name + "'] = require '" + name + "'\n";
  }
  site.run(requires_all + prelude);
  CHECK(site.calls > 100);
  std::sort(site.leaks.begin(), site.leaks.end());
  std::string all;
  for (const std::string& leak : site.leaks) all += leak + "\n";
  CHECK(all == "");
}
