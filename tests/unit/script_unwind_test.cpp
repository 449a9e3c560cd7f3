// Two facts the whole binding layer stands on: a Lua error runs the destructors of the
// C++ frames it passes, and it ends at a guard.
#include "script/body.h"
#include "script/runtime.h"

#include <catch2/catch.hpp>
#include <lua.hpp>

#include <unistd.h>

#include <csignal>
#include <memory>

using namespace host::script;

static int raise_with_locals(lua_State* L) {
  int& count = *static_cast<int*>(lua_touserdata(L, 1));
  struct Counted {
    explicit Counted(int& count) : count(count) { ++count; }
    ~Counted() { --count; }
    int& count;
  };
  Counted first(count);
  auto second = std::make_unique<Counted>(count);
  return luaL_error(L, "raised with %d alive", count);
}

TEST_CASE("a Lua error runs destructors") {
  Runtime runtime(8u << 20, nullptr, "test");
  int alive = 0;
  for (int i = 0; i < 100; ++i) {
    auto result = guarded(runtime.state(), [&](lua_State* L) {
      lua_pushcfunction(L, raise_with_locals);
      lua_pushlightuserdata(L, &alive);
      lua_call(L, 1, 0);
    });
    REQUIRE_FALSE(result);
    CHECK(result.error().message == "raised with 2 alive");
    CHECK(alive == 0);
  }
}

TEST_CASE("no memory is an error and not the end") {
  Runtime runtime(1u << 20, nullptr, "test");
  auto before = runtime.memory();
  auto result = guarded(runtime.state(), [](lua_State* L) { lua_newuserdata(L, 2u << 20); });
  REQUIRE_FALSE(result);
  CHECK(result.error().code == host::base::Code::unavailable);
  runtime.collect();
  CHECK(runtime.memory() < before + 10'000);
}

TEST_CASE("a body that nobody took closes its file") {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  {
    Runtime runtime(8u << 20, nullptr, "test");
    REQUIRE(guarded(runtime.state(), [&](lua_State* L) {
      push_body(L, host::http::FileBody{ends[0], 0, 0});
      auto taken = take_body(L, 1);
      CHECK(taken.has_value());
      CHECK_FALSE(take_body(L, 1).has_value());
      push_body(L, std::move(*taken));
    }));
  }
  CHECK(::write(ends[1], "x", 1) == -1);
  ::close(ends[1]);
}

TEST_CASE("a full state can still be collected") {
  Runtime runtime(4u << 20, nullptr, "test");
  auto before = runtime.memory();
  auto filled = guarded(runtime.state(), [](lua_State* L) {
    lua_newtable(L);
    // Ever smaller pieces, until not even a small one fits.
    int next = 0;
    for (std::size_t size = 65536; size >= 1; size /= 2) {
      while (lua_gc(L, LUA_GCCOUNT, 0) * 1024u + size * 2 + 4096 < (4u << 20)) {
        lua_newuserdata(L, size);
        lua_rawseti(L, 1, ++next);
      }
    }
    while (true) lua_newuserdata(L, 1), lua_rawseti(L, 1, ++next);
  });
  REQUIRE_FALSE(filled);
  runtime.collect();
  CHECK(runtime.memory() < before + 100'000);
  CHECK(guarded(runtime.state(), [](lua_State* L) { lua_newuserdata(L, 1u << 20); }));
}
