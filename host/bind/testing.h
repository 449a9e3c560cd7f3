// Module `testing`, only in the Lua states that run tests: the world of the test, and the
// scripted Asterisk. scripts/testing/harness.lua makes the test's `t` of it.
#pragma once

#include <lua.hpp>

#include "script/test_world.h"

namespace host::bind {

void open_testing(lua_State* L, script::TestWorld& world);

}  // namespace host::bind
