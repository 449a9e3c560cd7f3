// What the log says of scripts: where they are, which statement took long, which was wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct lua_State;

namespace host::script {

class Task;

// The Lua functions that run or wait on this coroutine, the innermost first:
// "engine/read.lua:120 < lunch.lua:14".
std::string place(lua_State* L);

// "lunch.go", "job states".
std::string label(Task& task);

// On one line, short, and without a value: literals become `?`.
std::string shortened(std::string_view sql);

// A statement that `L` asked for: a log line when it took longer than it should.
void note_statement(lua_State* L, Task& task, std::string_view sql, std::uint64_t ns);
// One that cannot be run: its script is wrong, whoever called.
void note_wrong_statement(lua_State* L, Task& task, std::string_view sql, std::string_view reason);

}  // namespace host::script
