#include "script/watchdog.h"

#include "script_fixture.h"

#include <catch2/catch.hpp>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>
#include <optional>

using tests::Lane;
using host::script::Watchdog;

namespace {

struct Guard {
  Watchdog guard;
};

// A lane that is watched; its code may run for so long. The guard outlives it.
struct Watched : Guard, Lane {
  explicit Watched(std::uint64_t run_ms) {
    watchdog = &guard;
    limits.run_ms = run_ms;
  }
};

}  // namespace

TEST_CASE("a runaway costs one 504 and nothing else") {
  Watchdog watchdog;
  for (const char* code :
       {"while true do end", "local function f() while true do end end while true do pcall(f) end",
        "while true do pcall(error) end",
        "local function f() return f() end return f()",
        "xpcall(error, function() while true do end end)",
        "local function h() return xpcall(error, h) end while true do xpcall(error, h) end",
        "repeat local a = {} until false", "for i = 1, 1e15 do end",
        "table.sort({ 3, 2, 1, 5, 4 }, function() while true do end end)",
        "(('x'):rep(100)):gsub('x', function() while true do end end)",
        "local t = setmetatable({}, { __index = function() while true do end end }) return t.x",
        "for _ in function() return 1 end do end",
        "while true do (('a'):rep(40)):find('.-.-.-b') end",
        "return pcall(function() while true do pcall(function() while true do end end) end end)",
        "(require 'probe').all { function() while true do end end }"}) {
    INFO(code);
    Lane lane;
    lane.watchdog = &watchdog;
    lane.limits.run_ms = 60;
    lane.serve(code);
    auto response = lane.get("/run");
    CHECK(response.status == 504);
    CHECK(lane.generation->tasks() == 0);
    CHECK(lane.get("/nothing").status == 404);
  }
}

TEST_CASE("a surface's words for failures are bounded too") {
  Watched lane(60);
  lane.add("own/surface.lua", R"(
    local own = surface { name = "own", mounts = { "" } }
    function own.handle() while true do end end
    function own.failed() while true do end end)");
  REQUIRE(lane.build());
  CHECK(lane.get("/").status == 504);
}

TEST_CASE("loading is bounded") {
  Watchdog watchdog;
  Lane lane;
  lane.watchdog = &watchdog;
  lane.limits.load_ms = 60;
  lane.add("custom/surface.lua", Lane::surface_script);
  lane.add("run.lua", "\nwhile true do pcall(function() while true do end end) end");
  CHECK(lane.refusal() == "run.lua:2: loading takes too long");
}

TEST_CASE("a slow but lawful handler is let through") {
  Watched lane(5000);
  lane.serve("local n = 0 for i = 1, 3e6 do n = n + 1 end return n");
  CHECK(Lane::text(lane.get("/run")) == "3000000");
}

TEST_CASE("others of the lane get their turns beside a runaway") {
  Watched lane(500);
  lane.serve("while true do pcall(function() while true do end end) end");
  std::optional<host::http::Response> stopped;
  host::http::Request request;
  request.method = "GET";
  request.path = request.target = "/run";
  auto pending = lane.generation->handle(std::move(request), [&](auto response) { stopped = std::move(response); });
  int answered = 0;
  while (!stopped) {
    lane.loop.poll();
    if (lane.get("/nothing").status == 404 && !stopped) ++answered;
  }
  CHECK(stopped->status == 504);
  CHECK(answered > 0);
}

// Found: the children took their slices one after the other in one turn: the lane waited for all.
TEST_CASE("many busy children of a task share its slice of a turn") {
  Watched lane(600);
  lane.serve(R"(
    local list = {}
    for i = 1, 200 do list[i] = function() for _ = 1, 4e5 do end return i end end
    local sum = 0
    for _, it in ipairs(require("probe").all(list)) do sum = sum + it.value end
    return sum)");
  std::optional<host::http::Response> done;
  host::http::Request request;
  request.method = "GET";
  request.path = request.target = "/run";
  auto pending = lane.generation->handle(std::move(request), [&](auto response) { done = std::move(response); });
  int turns = 0;
  while (!done) {
    lane.loop.poll();
    ++turns;
  }
  CHECK(Lane::text(*done) == "20100");
  CHECK(turns > 20);
}

TEST_CASE("code that is interrupted goes on as if nothing was") {
  Watched lane(20'000);
  lane.limits.slice_ms = 1;
  lane.serve(R"(
    local function sum(...)
      local total, count = 0, select("#", ...)
      for i = 1, count do total = total + (select(i, ...)) end
      return total, count, ...
    end
    local odd = setmetatable({}, {
      __index = function(_, key) local text = "" for _ = 1, 3 do text = text .. key end return text end,
      __add = function(a, b) return 7 end, __concat = function() return "c" end,
      __call = function(_, a, b) return a * b, a, b end,
    })
    local function tail(n, acc) if n == 0 then return acc end return tail(n - 1, acc + n) end
    local function once(r)
      local a, b, c, d = sum(1, 2, 3, r)
      local all = a + b + c + d + #{ sum(4, 5, 6) } + #odd.abc + (odd + 1) + #(odd .. "x")
      for _, v in ipairs({ sum(r, sum(r, 1)) }) do all = all + v end
      for _, v in pairs({ x = 1, y = 2 }) do all = all + v end
      local m, n = odd(3, 4)
      local ok, err = pcall(function() error({ code = r }) end)
      local _, text = xpcall(function() error("x", 0) end, function(e) return e .. "!" end)
      local list = {}
      for i = 1, 20 do list[i] = (i * 7919) % 31 end
      table.sort(list, function(p, q) return p < q end)
      local upper = ("ab,cd"):gsub("%a+", function(w) return w:upper():rep(2) end)
      return all + m + n + (ok and 0 or err.code) + #text + list[1] + list[20] + #upper + tail(30, 0)
    end
    local first, wrong = {}, 0
    for round = 1, tonumber(req.query.rounds) do
      for r = 1, 20 do
        local value = once(r)
        if first[r] == nil then first[r] = value elseif first[r] ~= value then wrong = wrong + 1 end
      end
    end
    return wrong)");
  auto cpu = [] {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
  };
  double before = cpu();
  CHECK(Lane::text(lane.get("/run?rounds=2000")) == "0");
  CHECK(cpu() - before > 0.02);  // long enough to have been interrupted
}

TEST_CASE("a lane that gets no processor is not blamed") {
  Watchdog watchdog;
  lua_State* L = luaL_newstate();
  {
    Watchdog::Slot slot(&watchdog, L, [](lua_State*, lua_Debug*) {}, "lane x");
    slot.enter(20'000'000);
    ::usleep(300'000);
    CHECK_FALSE(slot.over_budget());
    CHECK(lua_gethookmask(L) == 0);
    slot.leave();
  }
  lua_close(L);
}

// The mask of a hook that was running was set from the watchdog's thread. Once in some hundred runs
// that left the hook marked as running: it never came again, and the host aborted itself.
TEST_CASE("a hook that is armed is left to its own thread") {
  static std::atomic<int> calls;
  calls = 0;
  Watchdog watchdog(60'000);
  lua_State* L = luaL_newstate();
  luaL_openlibs(L);
  luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
  {
    static Watchdog::Slot* mine;
    Watchdog::Slot slot(&watchdog, L, [](lua_State* L, lua_Debug*) {
      ++calls;
      if (lua_gethookcount(L) != 7777) lua_sethook(L, lua_gethook(L), LUA_MASKCOUNT, 7777);
      if (mine->over_budget() && calls > 2000) luaL_error(L, "enough");
    }, "lane x");
    mine = &slot;
    slot.enter(30'000'000, 10'000'000);
    CHECK(luaL_dostring(L, "while true do end") != 0);
    CHECK(lua_gethookcount(L) == 7777);  // in spite of many looks meanwhile
    CHECK(slot.over_budget());
    slot.leave();
  }
  lua_close(L);
}

TEST_CASE("a lane that cannot be stopped is reported") {
  std::atomic<int> stuck{0};
  Watchdog watchdog(30, [&](const std::string& name) { stuck += name == "lane x" ? 1 : 100; });
  lua_State* L = luaL_newstate();
  {
    Watchdog::Slot slot(&watchdog, L, [](lua_State*, lua_Debug*) {}, "lane x");
    slot.enter(10'000'000);
    auto end = host::script::monotonic_ns() + 60'000'000'000u;
    while (stuck == 0 && host::script::monotonic_ns() < end) {
    }
    slot.leave();
  }
  CHECK(stuck > 0);
  CHECK(stuck < 100);
  lua_close(L);
}

#ifndef __SANITIZE_THREAD__
// Found: LuaJIT marks in the byte of the hook's mask that a finalizer runs. Set by the watchdog's thread, the mark
// could come back and stay: a request that waited then went on anywhere.
TEST_CASE("the hook is set by the thread that runs Lua and no other") {
  Watchdog watchdog;
  lua_State* L = luaL_newstate();
  {
    Watchdog::Slot slot(&watchdog, L, [](lua_State*, lua_Debug*) {}, "test");
    auto run = [] {
      for (std::clock_t until = std::clock() + CLOCKS_PER_SEC / 10; std::clock() < until;) {}
    };
    sigset_t urgent;
    sigemptyset(&urgent);
    sigaddset(&urgent, SIGURG);
    slot.enter(10'000'000'000u, 1'000'000u);
    pthread_sigmask(SIG_BLOCK, &urgent, nullptr);
    run();
    CHECK(lua_gethookmask(L) == 0);
    pthread_sigmask(SIG_UNBLOCK, &urgent, nullptr);
    run();
    CHECK(lua_gethookmask(L) != 0);
    slot.leave();
  }
  lua_close(L);
}
#endif
