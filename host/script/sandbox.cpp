#include "script/sandbox.h"

#include <sys/random.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include "script/effort.h"
#include "script/pattern.h"

namespace host::script {

// Addresses as registry keys and as the mark of a read-only view's metatable.
static const char environment_key = 0;
static const char globals_key = 0;
static const char own_environment_key = 0;
static const char own_globals_key = 0;
static const char read_only_key = 0;

static void* address(const char& key) { return const_cast<char*>(&key); }

static void push_registered(lua_State* L, const char& key) {
  lua_pushlightuserdata(L, address(key));
  lua_rawget(L, LUA_REGISTRYINDEX);
}

static void register_top(lua_State* L, const char& key) {
  lua_pushlightuserdata(L, address(key));
  lua_insert(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

static const char* key_text(lua_State* L, int index) {
  return lua_type(L, index) == LUA_TSTRING ? lua_tostring(L, index) : luaL_typename(L, index);
}

static int refuse_write(lua_State* L) {
  return luaL_error(L, "cannot change '%s' of a read-only table", key_text(L, 2));
}

static int refuse_global(lua_State* L) {
  return luaL_error(L, "cannot assign the global '%s': use a local", key_text(L, 2));
}

static int unknown_global(lua_State* L) {
  return luaL_error(L, "unknown global '%s'", key_text(L, 2));
}

bool is_read_only(lua_State* L, int index) {
  if (!lua_getmetatable(L, index)) return false;
  lua_pushlightuserdata(L, address(read_only_key));
  lua_rawget(L, -2);
  bool marked = lua_toboolean(L, -1) != 0;
  lua_pop(L, 2);
  return marked;
}

// Replaces the table on top by an empty one in front of it, where writing is `refused`.
static void close_table(lua_State* L, lua_CFunction refused) {
  lua_createtable(L, 0, 0);
  lua_createtable(L, 0, 4);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, refused);
  lua_setfield(L, -2, "__newindex");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pushlightuserdata(L, address(read_only_key));
  lua_pushboolean(L, 1);
  lua_rawset(L, -3);
  lua_setmetatable(L, -2);
  lua_replace(L, -2);
}

void make_read_only(lua_State* L) { close_table(L, refuse_write); }

static int raw_set(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  luaL_checkany(L, 2);
  luaL_checkany(L, 3);
  lua_settop(L, 3);
  if (is_read_only(L, 1)) return refuse_write(L);
  lua_rawset(L, 1);
  return 1;
}

// Only of tables: the metatable of strings and of the host's values is not for scripts.
static int get_metatable(lua_State* L) {
  luaL_checkany(L, 1);
  if (!lua_istable(L, 1) || !lua_getmetatable(L, 1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushliteral(L, "__metatable");
  lua_rawget(L, -2);
  if (lua_isnil(L, -1)) lua_pop(L, 1);
  return 1;
}

// insert, remove and sort write with raw access, past a read-only view: the first two are
// done here as Lua 5.1 has them, the last one asks before it calls the stock function.
static void check_own(lua_State* L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  if (is_read_only(L, 1)) luaL_error(L, "cannot change a read-only table");
}

static int table_insert(lua_State* L) {
  check_own(L);
  int size = static_cast<int>(lua_objlen(L, 1));
  switch (lua_gettop(L)) {
    case 2:
      lua_rawseti(L, 1, size + 1);
      return 0;
    case 3: {
      int position = luaL_checkint(L, 2);
      // Below 1 the stock function would move as many values as the number says.
      luaL_argcheck(L, position >= 1, 2, "position out of bounds");
      Effort effort(L);
      for (int i = size + 1; i > position; --i) {
        effort.work(1);
        lua_rawgeti(L, 1, i - 1);
        lua_rawseti(L, 1, i);
      }
      lua_rawseti(L, 1, position);
      return 0;
    }
    default: return luaL_error(L, "wrong number of arguments to 'insert'");
  }
}

static int table_remove(lua_State* L) {
  check_own(L);
  int size = static_cast<int>(lua_objlen(L, 1));
  int position = luaL_optint(L, 2, size);
  if (position < 1 || position > size) return 0;
  lua_rawgeti(L, 1, position);
  Effort effort(L);
  for (int i = position; i < size; ++i) {
    effort.work(1);
    lua_rawgeti(L, 1, i + 1);
    lua_rawseti(L, 1, i);
  }
  lua_pushnil(L);
  lua_rawseti(L, 1, size);
  return 1;
}

// The stock sort is quadratic for some lists, where no hook reaches it, and reads beyond the
// list when the order is none. This one merges: n log n comparisons whatever they say, and
// equals stay in their order.
namespace {
class Sorting {
 public:
  explicit Sorting(lua_State* L) : L_(L), effort_(L), own_(!lua_isnil(L, 2)) {}

  void run() {
    int size = static_cast<int>(lua_objlen(L_, 1));
    lua_createtable(L_, size, 0);
    int from = 1, to = lua_gettop(L_);
    for (int width = 1; width < size; width *= 2) {
      for (int low = 1; low <= size; low += 2 * width) {
        merge(from, to, low, std::min(low + width, size + 1), std::min(low + 2 * width, size + 1));
      }
      std::swap(from, to);
    }
    if (from == 1) return;
    for (int i = 1; i <= size; ++i) {
      lua_rawgeti(L_, from, i);
      lua_rawseti(L_, 1, i);
    }
  }

 private:
  // [low, middle) and [middle, high), both in order. The next of each is on the stack.
  void merge(int from, int to, int low, int middle, int high) {
    int left = low, right = middle, at = low;
    if (right < high) {
      lua_rawgeti(L_, from, left);
      lua_rawgeti(L_, from, right);
      while (left < middle && right < high) {
        bool second = less();
        lua_pushvalue(L_, second ? -1 : -2);
        lua_rawseti(L_, to, at++);
        lua_rawgeti(L_, from, second ? ++right : ++left);
        lua_replace(L_, second ? -2 : -3);
      }
      lua_pop(L_, 2);
    }
    for (; left < middle; ++left) move(from, left, to, at++);
    for (; right < high; ++right) move(from, right, to, at++);
    effort_.work(static_cast<std::size_t>(high - low));
  }

  void move(int from, int index, int to, int at) {
    lua_rawgeti(L_, from, index);
    lua_rawseti(L_, to, at);
  }

  // Is the value on top before the one below it?
  bool less() {
    if (!own_) {
      if (lua_type(L_, -1) == LUA_TSTRING) effort_.work(lua_objlen(L_, -1));
      return lua_lessthan(L_, -1, -2) != 0;
    }
    lua_pushvalue(L_, 2);
    lua_pushvalue(L_, -2);
    lua_pushvalue(L_, -4);
    lua_call(L_, 2, 1);
    bool yes = lua_toboolean(L_, -1) != 0;
    lua_pop(L_, 1);
    return yes;
  }

  lua_State* L_;
  Effort effort_;
  bool own_;  // the script's own order, at 2
};
}  // namespace

static int table_sort(lua_State* L) {
  check_own(L);
  if (!lua_isnoneornil(L, 2)) luaL_checktype(L, 2, LUA_TFUNCTION);
  lua_settop(L, 2);
  luaL_checkstack(L, 10, "table.sort");
  Sorting(L).run();
  return 0;
}

static void open_library(lua_State* L, lua_CFunction open, const char* name) {
  lua_pushcfunction(L, open);
  lua_pushstring(L, name);
  lua_call(L, 1, 0);
}

// Copies the named fields of the table on top into a new table, which replaces it.
static void keep_fields(lua_State* L, std::initializer_list<const char*> names) {
  lua_createtable(L, 0, static_cast<int>(names.size()));
  for (const char* name : names) {
    lua_getfield(L, -2, name);
    lua_setfield(L, -2, name);
  }
  lua_replace(L, -2);
}

static void open_strings(lua_State* L) {
  open_library(L, luaopen_string, LUA_STRLIBNAME);
  lua_getglobal(L, LUA_STRLIBNAME);
  keep_fields(L, {"byte", "char", "format", "len", "lower", "rep", "reverse", "sub", "upper"});
  open_patterns(L);
  // Methods of strings come from the same table; its metatable cannot be had.
  lua_pushliteral(L, "");
  lua_getmetatable(L, -1);
  lua_pushvalue(L, -3);
  lua_setfield(L, -2, "__index");
  lua_pushboolean(L, 0);
  lua_setfield(L, -2, "__metatable");
  lua_pop(L, 2);
}

static void open_tables(lua_State* L) {
  open_library(L, luaopen_table, LUA_TABLIBNAME);
  lua_getglobal(L, LUA_TABLIBNAME);
  keep_fields(L, {"concat", "maxn"});
  lua_pushcfunction(L, table_insert);
  lua_setfield(L, -2, "insert");
  lua_pushcfunction(L, table_remove);
  lua_setfield(L, -2, "remove");
  lua_pushcfunction(L, table_sort);
  lua_setfield(L, -2, "sort");
}

static void open_numbers(lua_State* L) {
  open_library(L, luaopen_math, LUA_MATHLIBNAME);
  lua_getglobal(L, LUA_MATHLIBNAME);
  // The stock generator starts the same in every state, and its state is shared.
  std::uint32_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) != sizeof seed) seed = 1;
  lua_getfield(L, -1, "randomseed");
  lua_pushnumber(L, seed);
  lua_call(L, 1, 0);
  keep_fields(L, {"abs",  "acos", "asin", "atan", "atan2", "ceil", "cos",  "cosh", "deg",  "exp",
                  "floor", "fmod", "frexp", "huge", "ldexp", "log", "log10", "max", "min", "modf",
                  "pi",   "pow",  "rad",  "random", "sin", "sinh", "sqrt", "tan",  "tanh"});
}

// Keeps an environment in front of the globals at `index`.
static void open_environment(lua_State* L, int index, const char& key) {
  lua_pushvalue(L, index);
  close_table(L, refuse_global);
  register_top(L, key);
}

void open_sandbox(lua_State* L) {
  // The state's own globals stay unreachable for scripts; theirs is a new table.
  lua_createtable(L, 0, 48);
  int globals = lua_gettop(L);

  open_library(L, luaopen_base, "");
  for (const char* name : {"assert", "error", "ipairs", "next", "pairs", "pcall", "rawequal",
                           "rawget", "select", "setmetatable", "tonumber", "tostring", "type",
                           "unpack"}) {
    lua_getglobal(L, name);
    lua_setfield(L, globals, name);
  }
  lua_pushcfunction(L, raw_set);
  lua_setfield(L, globals, "rawset");
  lua_pushcfunction(L, get_metatable);
  lua_setfield(L, globals, "getmetatable");

  open_strings(L);
  make_read_only(L);
  lua_setfield(L, globals, LUA_STRLIBNAME);
  open_tables(L);
  make_read_only(L);
  lua_setfield(L, globals, LUA_TABLIBNAME);
  open_numbers(L);
  make_read_only(L);
  lua_setfield(L, globals, LUA_MATHLIBNAME);
  open_library(L, luaopen_bit, LUA_BITLIBNAME);
  lua_getglobal(L, LUA_BITLIBNAME);
  make_read_only(L);
  lua_setfield(L, globals, LUA_BITLIBNAME);

  // An unknown name is a spelling mistake, not nil.
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, unknown_global);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, globals);

  open_environment(L, globals, environment_key);
  lua_createtable(L, 0, 2);
  int own = lua_gettop(L);
  lua_createtable(L, 0, 1);
  lua_pushvalue(L, globals);
  lua_setfield(L, -2, "__index");
  lua_setmetatable(L, own);
  open_environment(L, own, own_environment_key);
  register_top(L, own_globals_key);
  register_top(L, globals_key);
}

void push_environment(lua_State* L) { push_registered(L, environment_key); }
void push_own_environment(lua_State* L) { push_registered(L, own_environment_key); }

void set_global(lua_State* L, const char* name, bool own) {
  push_registered(L, own ? own_globals_key : globals_key);
  lua_insert(L, -2);
  lua_setfield(L, -2, name);
  lua_pop(L, 1);
}

}  // namespace host::script
