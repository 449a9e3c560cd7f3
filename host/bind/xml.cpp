#include "bind/bind.h"

#include "base/text.h"
#include "codec/json.h"
#include "codec/xml.h"
#include "script/args.h"
#include "script/effort.h"
#include "script/push.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace host::bind {

namespace args = script::args;
namespace xml = codec::xml;

// The scalar at `index` as text; false when it is something else.
static bool scalar(lua_State* L, int index, std::string& text) {
  switch (lua_type(L, index)) {
    case LUA_TBOOLEAN: text = lua_toboolean(L, index) ? "true" : "false"; return true;
    case LUA_TNUMBER:
      text.clear();
      if (!std::isfinite(lua_tonumber(L, index))) luaL_error(L, "xml: a number that is not finite");
      codec::json::append_number(text, lua_tonumber(L, index));
      return true;
    case LUA_TSTRING: {
      size_t size = 0;
      const char* bytes = lua_tolstring(L, index, &size);
      text.assign(bytes, size);
      return true;
    }
    default: return false;
  }
}

// A name is part of the script: a wrong one is its mistake, not the client's.
static void append_name(lua_State* L, std::string& out, int index) {
  size_t size = 0;
  const char* bytes = lua_type(L, index) == LUA_TSTRING ? lua_tolstring(L, index, &size) : nullptr;
  std::string_view name(bytes ? bytes : "", size);
  if (!xml::valid_name(name)) {
    std::string shown(name.substr(0, 40));
    luaL_error(L, "xml: not a name: %s", bytes ? shown.c_str() : luaL_typename(L, index));
  }
  out.append(name);
}

// Attributes are sorted by name, so that equal values give equal text.
static void append_attributes(lua_State* L, script::Effort& effort, std::string& out, int element) {
  lua_getfield(L, element, "attributes");
  if (!lua_isnil(L, -1)) {
    args::table(L, -1);
    std::vector<std::pair<std::string, std::string>> pairs;
    std::size_t bytes = out.size();
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      std::string name, value;
      append_name(L, name, -2);
      if (!scalar(L, lua_gettop(L), value)) {
        luaL_error(L, "xml: attribute %s is a %s", name.c_str(), luaL_typename(L, -1));
      }
      effort.work(1);
      effort.made(bytes += name.size() + value.size());
      pairs.emplace_back(std::move(name), std::move(value));
      lua_pop(L, 1);
    }
    std::sort(pairs.begin(), pairs.end());
    for (const auto& [name, value] : pairs) {
      effort.work(value.size());
      effort.made(out.size());
      out += ' ';
      out += name;
      out += "=\"";
      xml::append_attribute(out, value);
      out += '"';
    }
  }
  lua_pop(L, 1);
}

static void append_element(lua_State* L, script::Effort& effort, std::string& out, int element,
                           int depth) {
  // An element that is in itself often is written often.
  effort.work(1);
  effort.made(out.size());
  if (depth > xml::max_depth) luaL_error(L, "xml: deeper than %d, or a cycle", xml::max_depth);
  if (!lua_istable(L, element)) luaL_error(L, "xml: an element is a %s", luaL_typename(L, element));
  luaL_checkstack(L, 8, "xml");
  lua_rawgeti(L, element, 1);
  int name = lua_gettop(L);
  out += '<';
  append_name(L, out, name);
  append_attributes(L, effort, out, element);
  lua_rawgeti(L, element, 2);
  int content = lua_gettop(L);
  std::string text;
  bool null = lua_isnil(L, content) ||
              (lua_type(L, content) == LUA_TLIGHTUSERDATA && !lua_touserdata(L, content));
  if (null) {
    out += "/>";
  } else {
    out += '>';
    if (scalar(L, content, text)) {
      effort.work(text.size());
      xml::append_text(out, text);
    } else if (lua_istable(L, content)) {
      size_t length = lua_objlen(L, content);
      for (size_t i = 1; i <= length; ++i) {
        lua_rawgeti(L, content, static_cast<int>(i));
        append_element(L, effort, out, lua_gettop(L), depth + 1);
        lua_pop(L, 1);
      }
    } else {
      luaL_error(L, "xml: the content of %s is a %s", lua_tostring(L, name),
                 luaL_typename(L, content));
    }
    out += "</";
    append_name(L, out, name);
    out += '>';
  }
  lua_settop(L, name - 1);
}

static int xml_encode(lua_State* L) {
  args::table(L, 1);
  std::string out;
  if (args::field_boolean(L, 2, "declaration", true)) {
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  }
  script::Effort effort(L);
  append_element(L, effort, out, 1, 1);
  effort.made(out.size());
  return script::push_string(L, out);
}

namespace {

// The open elements are on the Lua stack, their text here.
class Builder final : public xml::Handler {
 public:
  explicit Builder(lua_State* L) : L_(L), effort_(L) { luaL_checkstack(L, xml::max_depth + 8, "xml"); }

  void begin(std::string_view name) override {
    effort_.work(1);
    lua_newtable(L_);
    script::set_field(L_, "name", name);
    lua_newtable(L_);
    lua_setfield(L_, -2, "attributes");
    levels_.emplace_back();
  }
  void attribute(std::string_view name, std::string_view value) override {
    lua_getfield(L_, -1, "attributes");
    lua_pushlstring(L_, name.data(), name.size());
    lua_pushlstring(L_, value.data(), value.size());
    lua_rawset(L_, -3);
    lua_pop(L_, 1);
  }
  void text(std::string_view text) override {
    effort_.work(text.size());
    levels_.back().text.append(text);
  }
  void end() override {
    script::set_field(L_, "text", base::text::trim(levels_.back().text));
    levels_.pop_back();
    if (!levels_.empty()) lua_rawseti(L_, -2, ++levels_.back().children);
  }

 private:
  struct Level {
    std::string text;
    int children = 0;
  };
  lua_State* L_;
  script::Effort effort_;
  std::vector<Level> levels_;
};

}  // namespace

static int xml_decode(lua_State* L) {
  std::string_view text = args::string(L, 1);
  Builder builder(L);
  if (auto parsed = xml::parse(text, builder); !parsed) return script::push_error(L, parsed.error());
  return 1;
}

// Pushes the first child of that name, or nil.
static void push_child(lua_State* L) {
  args::table(L, 1);
  std::string_view name = args::string(L, 2);
  size_t length = lua_objlen(L, 1);
  for (size_t i = 1; i <= length; ++i) {
    lua_rawgeti(L, 1, static_cast<int>(i));
    if (lua_istable(L, -1)) {
      lua_getfield(L, -1, "name");
      size_t size = 0;
      const char* text = lua_type(L, -1) == LUA_TSTRING ? lua_tolstring(L, -1, &size) : nullptr;
      bool found = text && std::string_view(text, size) == name;
      lua_pop(L, 1);
      if (found) return;
    }
    lua_pop(L, 1);
  }
  lua_pushnil(L);
}

static int xml_child(lua_State* L) {
  push_child(L);
  return 1;
}

static int xml_value(lua_State* L) {
  push_child(L);
  if (!lua_isnil(L, -1)) lua_getfield(L, -1, "text");
  return 1;
}

void open_xml(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"encode", xml_encode}, {"decode", xml_decode},
                                           {"child", xml_child},   {"value", xml_value},
                                           {nullptr, nullptr}};
  open_module(L, "xml", functions);
}

}  // namespace host::bind
