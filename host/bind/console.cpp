// Module `console`.
#include <lua.hpp>

#include <string_view>

#include "bind/bind.h"
#include "script/args.h"

namespace host::bind {

static constexpr std::size_t most_bytes = 64u << 20;

static int console_print(lua_State* L) {
  std::string_view text = script::args::string(L, 1);
  std::string* out = services(L).console;
  if (!out) return luaL_error(L, "console.print: only a command has a console");
  if (out->size() + text.size() > most_bytes) return luaL_error(L, "console.print: more than 64 MiB");
  out->append(text);
  return 0;
}

void open_console(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"print", console_print}, {nullptr, nullptr}};
  open_module(L, "console", functions);
}

}  // namespace host::bind
