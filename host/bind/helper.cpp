// Module `helper`: programs that the operator allows scripts to run.
#include "script/helpers.h"

#include <string>
#include <utility>
#include <vector>

#include "bind/bind.h"
#include "script/args.h"
#include "script/push.h"
#include "script/task.h"

namespace host::bind {

namespace args = script::args;
using base::Result;
using script::Task;

static constexpr std::size_t most_args = 32;
static constexpr std::size_t most_arg_bytes = 4096;
static constexpr std::size_t most_input = 1 << 20;

// The words at `index`, each a text; raises unless it is a list of them, or nothing.
static Result<std::vector<std::string>> words_at(lua_State* L, int index) {
  std::vector<std::string> words;
  if (lua_isnoneornil(L, index)) return words;
  args::table(L, index);
  std::size_t count = lua_objlen(L, index);
  if (count > most_args) return base::invalid("helper.run: more than 32 arguments");
  for (std::size_t i = 1; i <= count; ++i) {
    lua_rawgeti(L, index, static_cast<int>(i));
    if (lua_type(L, -1) != LUA_TSTRING) luaL_argerror(L, index, "a list of texts expected");
    std::size_t size = 0;
    const char* text = lua_tolstring(L, -1, &size);
    words.emplace_back(text, size);
    lua_pop(L, 1);
    if (size > most_arg_bytes) return base::invalid("helper.run: an argument longer than 4096 bytes");
    if (words.back().find('\0') != std::string::npos) return base::invalid("helper.run: an argument holds a NUL");
  }
  return words;
}

static int push_ended(lua_State* L, const loop::Ended& ended) {
  lua_createtable(L, 0, 4);
  script::set_field(L, "code", static_cast<long long>(ended.code));
  script::set_field(L, "out", std::string_view(ended.out));
  script::set_field(L, "err", std::string_view(ended.err));
  script::set_field(L, "cut", ended.cut);
  return 1;
}

static int helper_run(lua_State* L) {
  Task& task = Task::require(L, "helper.run");
  script::HelperCall call;
  call.name = args::string(L, 1);
  std::string_view input = args::string(L, 3, "");
  auto words = words_at(L, 2);
  if (!words) return script::push_error(L, words.error());
  if (input.size() > most_input) return script::push_error(L, base::invalid("helper.run: input of more than 1 MiB"));
  call.args = std::move(*words);
  call.input = input;
  call.remaining_ms = task.remaining_ms();
  call.request = task.request_id();
  Services& lane = services(L);
  auto resume = task.resumer();
  if (!lane.helpers) return script::push_error(L, base::unavailable("helper: not available here"));
  return task.suspend(lane.helpers->run(*lane.loop, std::move(call), [resume](Result<loop::Ended> result) {
    resume([result = std::move(result)](lua_State* co) { return script::push_result(co, result, push_ended); });
  }));
}

static int helper_named(lua_State* L) {
  std::string_view name = args::string(L, 1);
  const script::Helpers* helpers = services(L).helpers.get();
  lua_pushboolean(L, helpers && helpers->named(name));
  return 1;
}

void open_helper(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"run", helper_run}, {"named", helper_named}, {nullptr, nullptr}};
  open_module(L, "helper", functions);
}

}  // namespace host::bind
