#include "bind/bind.h"

#include "codec/csv.h"
#include "codec/json.h"
#include "script/args.h"
#include "script/effort.h"
#include "script/push.h"

#include <cmath>
#include <string>
#include <vector>

namespace host::bind {

namespace args = script::args;
namespace csv = codec::csv;

static char separator_option(lua_State* L, int index) {
  std::string text = args::field_string(L, index, "separator").value_or(",");
  if (text.size() != 1 || text[0] == '"' || text[0] == '\n' || text[0] == '\r') {
    luaL_argerror(L, index, "separator: one character, no quote or line break");
  }
  return text[0];
}

// The value on top of the stack; nil and json.null are empty.
static void append_value(lua_State* L, std::string& out, char separator) {
  switch (lua_type(L, -1)) {
    case LUA_TNIL: return;
    case LUA_TBOOLEAN: out += lua_toboolean(L, -1) ? '1' : '0'; return;
    case LUA_TSTRING: {
      size_t size = 0;
      const char* text = lua_tolstring(L, -1, &size);
      csv::append_field(out, {text, size}, separator);
      return;
    }
    case LUA_TNUMBER: {
      double number = lua_tonumber(L, -1);
      if (!std::isfinite(number)) luaL_error(L, "csv: a number that is not finite");
      std::string text;
      codec::json::append_number(text, number);
      csv::append_field(out, text, separator);
      return;
    }
    case LUA_TLIGHTUSERDATA:
      if (!lua_touserdata(L, -1)) return;
      break;
    default: break;
  }
  luaL_error(L, "csv: a %s is no value", luaL_typename(L, -1));
}

static size_t length_of(lua_State* L, int index) {
  if (lua_type(L, index) == LUA_TTABLE) return lua_objlen(L, index);
  if (!luaL_callmeta(L, index, "__len")) {
    luaL_argerror(L, index, "a list of lists or rows");
  }
  double length = lua_tonumber(L, -1);
  lua_pop(L, 1);
  return static_cast<size_t>(length);
}

static std::vector<std::string> strings(lua_State* L, int index) {
  std::vector<std::string> out;
  script::Effort effort(L);
  size_t length = lua_objlen(L, index), bytes = 0;
  for (size_t i = 1; i <= length; ++i) {
    lua_rawgeti(L, index, static_cast<int>(i));
    size_t size = 0;
    const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : nullptr;
    if (!text) luaL_error(L, "csv: a column's name is a %s", luaL_typename(L, -1));
    effort.work(1);
    effort.made(bytes += sizeof(std::string) + size);
    out.emplace_back(text, size);
    lua_pop(L, 1);
  }
  return out;
}

static int csv_encode(lua_State* L) {
  bool list = lua_type(L, 1) == LUA_TTABLE;
  if (!list && lua_type(L, 1) != LUA_TUSERDATA) args::table(L, 1);
  char separator = separator_option(L, 2);
  std::string line_end = args::field_string(L, 2, "line_end").value_or("\n");
  std::string out;
  lua_settop(L, 2);

  std::vector<std::string> columns;  // of Rows, whose rows are tables by name
  if (!list) {
    lua_getfield(L, 1, "columns");
    args::table(L, -1);
    columns = strings(L, lua_gettop(L));
    lua_pop(L, 1);
  }
  std::vector<std::string> header;
  if (lua_istable(L, 2)) {
    lua_getfield(L, 2, "header");
    if (!lua_isnil(L, -1)) {
      args::table(L, -1);
      header = strings(L, lua_gettop(L));
    }
    lua_pop(L, 1);
  }
  for (size_t i = 0; i < header.size(); ++i) {
    if (i > 0) out += separator;
    csv::append_field(out, header[i], separator);
  }
  if (!header.empty()) out += line_end;

  script::Effort effort(L);
  size_t rows = length_of(L, 1);
  for (size_t i = 1; i <= rows; ++i) {
    lua_pushinteger(L, static_cast<lua_Integer>(i));
    lua_gettable(L, 1);
    if (!lua_istable(L, -1)) luaL_error(L, "csv: row %d is a %s", static_cast<int>(i), luaL_typename(L, -1));
    int row = lua_gettop(L);
    size_t start = out.size();
    size_t width = list ? lua_objlen(L, row) : columns.size();
    if (list && width < header.size()) width = header.size();
    for (size_t column = 0; column < width; ++column) {
      effort.work(1);
      effort.made(out.size());
      if (column > 0) out += separator;
      if (list) {
        lua_rawgeti(L, row, static_cast<int>(column + 1));
      } else {
        lua_getfield(L, row, columns[column].c_str());
      }
      append_value(L, out, separator);
      lua_pop(L, 1);
    }
    // A line without any text would be no row to a reader.
    if (out.size() == start && width == 1) out += "\"\"";
    out += line_end;
    effort.work(out.size() - start);
    effort.made(out.size());
    lua_pop(L, 1);
  }
  return script::push_string(L, out);
}

namespace {

// Builds the rows as tables: the list of rows is below the row being filled.
class Rows final : public csv::Handler {
 public:
  explicit Rows(lua_State* L) : L_(L), effort_(L) {
    lua_newtable(L);
    lua_newtable(L);
  }
  void field(std::string_view value) override {
    effort_.work(value.size() + 1);
    lua_pushlstring(L_, value.data(), value.size());
    lua_rawseti(L_, -2, ++fields_);
  }
  void end_row() override {
    lua_rawseti(L_, -2, ++rows_);
    lua_newtable(L_);
    fields_ = 0;
  }

 private:
  lua_State* L_;
  script::Effort effort_;
  int rows_ = 0;
  int fields_ = 0;
};

}  // namespace

static int csv_decode(lua_State* L) {
  std::string_view text = args::string(L, 1);
  char separator = separator_option(L, 2);
  luaL_checkstack(L, 4, "csv");
  Rows rows(L);
  if (auto parsed = csv::parse(text, separator, rows); !parsed) {
    return script::push_error(L, parsed.error());
  }
  lua_pop(L, 1);
  return 1;
}

void open_csv(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"encode", csv_encode}, {"decode", csv_decode}, {nullptr, nullptr}};
  open_module(L, "csv", functions);
}

}  // namespace host::bind
