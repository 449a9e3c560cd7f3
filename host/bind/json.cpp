#include "bind/bind.h"
#include "bind/encode.h"

#include "codec/json.h"
#include "script/args.h"
#include "script/effort.h"
#include "script/push.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <memory>
#include <vector>

namespace host::bind {

namespace args = script::args;
namespace json = codec::json;

namespace {

constexpr int encode_depth = 100;
// Objects with more fields are sorted through a table, not on the stack.
constexpr int stack_fields = 500;
// Up to here sorting costs less than remembering the order.
constexpr int few_fields = 16;

// The addresses name the metatables in the registry.
constexpr char array_mark = 0, object_mark = 0, ordered_mark = 0, raw_mark = 0;

void push_mark(lua_State* L, const char* mark) {
  lua_pushlightuserdata(L, const_cast<char*>(mark));
  lua_rawget(L, LUA_REGISTRYINDEX);
}

const void* mark_pointer(lua_State* L, const char* mark) {
  push_mark(L, mark);
  const void* pointer = lua_topointer(L, -1);
  lua_pop(L, 1);
  return pointer;
}

// The fields of the last object at one depth of a list: equal objects follow each other
// (200 extensions), so their order is found once. Lua interns strings, so equal keys have
// equal addresses while the value is being encoded.
struct Shape {
  std::vector<const char*> keys;  // as lua_next gives them
  std::vector<int> order;         // sorted positions
};

class Writer {
 public:
  Writer(lua_State* L, std::string& out, const json::Format& format)
      : L_(L), effort_(L), out_(out), format_(format) {}

  // `index` is absolute. A table that is in itself often is written often: each step counts.
  void value(int index) {
    effort_.work(1);
    effort_.made(out_.size());
    switch (lua_type(L_, index)) {
      case LUA_TNIL: out_ += "null"; return;
      case LUA_TBOOLEAN: out_ += lua_toboolean(L_, index) ? "true" : "false"; return;
      case LUA_TNUMBER: {
        double number = lua_tonumber(L_, index);
        if (!std::isfinite(number)) luaL_error(L_, "json: a number that is not finite");
        json::append_number(out_, number);
        return;
      }
      case LUA_TSTRING: string(index); return;
      case LUA_TTABLE: table(index); return;
      case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L_, index)) break;
        out_ += "null";
        return;
      case LUA_TUSERDATA: userdata(index); return;
      default: break;
    }
    luaL_error(L_, "json: a %s has no JSON form", luaL_typename(L_, index));
  }

 private:
  void string(int index) {
    size_t size = 0;
    const char* text = lua_tolstring(L_, index, &size);
    effort_.work(size);
    json::append_string(out_, {text, size}, format_.php);
  }

  void enter() {
    // A cycle ends here too: it is a depth without end.
    if (++depth_ > encode_depth) luaL_error(L_, "json: deeper than %d, or a cycle", encode_depth);
    luaL_checkstack(L_, 8, "json");
  }

  void line() {
    if (!format_.indent) return;
    out_ += '\n';
    out_.append(static_cast<size_t>(depth_) * 2, ' ');
  }

  void open(char bracket) {
    out_ += bracket;
    line();
  }
  void next() {
    out_ += ',';
    line();
  }
  void close(char bracket) {
    --depth_;
    line();
    out_ += bracket;
  }

  void name(const char* text, size_t size) {
    json::append_string(out_, {text, size}, format_.php);
    out_ += format_.indent ? ": " : ":";
  }

  // The metatable's address, nullptr when there is none. Most values have none, so the
  // marks are looked up for the first that has.
  const void* metatable(int index) {
    if (!lua_getmetatable(L_, index)) return nullptr;
    const void* found = lua_topointer(L_, -1);
    lua_pop(L_, 1);
    if (!array_) {
      array_ = mark_pointer(L_, &array_mark);
      object_ = mark_pointer(L_, &object_mark);
      ordered_ = mark_pointer(L_, &ordered_mark);
      raw_ = mark_pointer(L_, &raw_mark);
    }
    return found;
  }

  void table(int index) {
    const void* mark = metatable(index);
    enter();
    if (mark && mark == object_) return object(index);
    size_t length = lua_objlen(L_, index);
    bool marked = mark && mark == array_;
    if (marked || plain_list(index, length)) return array(index, length, marked);
    object(index);
  }

  // Keys 1..n and nothing else; the empty table too.
  bool plain_list(int index, size_t length) {
    size_t count = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index)) {
      effort_.work(1);
      lua_pop(L_, 1);
      double key = lua_type(L_, -1) == LUA_TNUMBER ? lua_tonumber(L_, -1) : 0;
      if (!(key >= 1 && key <= static_cast<double>(length)) || key != std::floor(key)) {
        lua_pop(L_, 1);
        return false;
      }
      ++count;
    }
    return count == length;
  }

  void array(int index, size_t length, bool marked) {
    if (marked && length == 0) {
      lua_pushnil(L_);
      if (lua_next(L_, index)) luaL_error(L_, "json: a table marked as an array has other keys");
    }
    if (length == 0) {
      --depth_;
      out_ += "[]";
      return;
    }
    open('[');
    ++lists_;
    for (size_t i = 1; i <= length; ++i) {
      if (i > 1) next();
      lua_rawgeti(L_, index, static_cast<int>(i));
      value(lua_gettop(L_));
      lua_pop(L_, 1);
    }
    --lists_;
    close(']');
  }

  // Leaves the table's pairs on the stack, key below value, and returns how many; -1
  // when they are too many or a key is a number (lua_next forbids converting it there).
  int spread(int index) {
    int base = lua_gettop(L_);
    int count = 0;
    lua_pushnil(L_);
    while (lua_next(L_, index)) {
      if (lua_type(L_, -2) != LUA_TSTRING || ++count > stack_fields || !lua_checkstack(L_, 4)) {
        lua_settop(L_, base);
        return -1;
      }
      lua_pushvalue(L_, -2);
    }
    return count;
  }

  void object(int index) {
    int base = lua_gettop(L_);
    int count = spread(index);
    if (count < 0) return large_object(index);
    if (count == 0) {
      --depth_;
      out_ += "{}";
      return;
    }
    std::array<int, few_fields> few;
    const int* order = few.data();
    if (lists_ > 0 || count > few_fields) {
      order = known_order(base, count);
    } else {
      sort(base, count, few.data());
    }
    open('{');
    for (int i = 0; i < count; ++i) {
      if (i > 0) next();
      int slot = base + 1 + 2 * order[i];
      size_t size = 0;
      const char* text = lua_tolstring(L_, slot, &size);
      name(text, size);
      value(slot + 1);
    }
    lua_settop(L_, base);
    close('}');
  }

  // The positions of a few fields by name.
  void sort(int base, int count, int* order) {
    std::array<std::string_view, few_fields> names;
    for (int i = 0; i < count; ++i) {
      size_t size = 0;
      const char* text = lua_tolstring(L_, base + 1 + 2 * i, &size);
      std::string_view one(text, size);
      int place = i;
      for (; place > 0 && one < names[static_cast<size_t>(place - 1)]; --place) {
        names[static_cast<size_t>(place)] = names[static_cast<size_t>(place - 1)];
        order[place] = order[place - 1];
      }
      names[static_cast<size_t>(place)] = one;
      order[place] = i;
    }
  }

  const int* known_order(int base, int count) {
    auto depth = static_cast<size_t>(depth_);
    if (shapes_.size() <= depth) shapes_.resize(depth + 1);
    if (!shapes_[depth]) shapes_[depth] = std::make_unique<Shape>();
    Shape& shape = *shapes_[depth];
    if (!same_shape(shape, base, count)) learn(shape, base, count);
    return shape.order.data();
  }

  bool same_shape(const Shape& shape, int base, int count) {
    if (shape.keys.size() != static_cast<size_t>(count)) return false;
    for (int i = 0; i < count; ++i) {
      if (shape.keys[static_cast<size_t>(i)] != lua_tolstring(L_, base + 1 + 2 * i, nullptr)) {
        return false;
      }
    }
    return true;
  }

  void learn(Shape& shape, int base, int count) {
    std::vector<std::string_view> names(static_cast<size_t>(count));
    shape.keys.resize(static_cast<size_t>(count));
    shape.order.resize(static_cast<size_t>(count));
    for (int i = 0; i < count; ++i) {
      size_t size = 0;
      const char* text = lua_tolstring(L_, base + 1 + 2 * i, &size);
      names[static_cast<size_t>(i)] = {text, size};
      shape.keys[static_cast<size_t>(i)] = text;
      shape.order[static_cast<size_t>(i)] = i;
    }
    std::sort(shape.order.begin(), shape.order.end(), [&](int a, int b) {
      return names[static_cast<size_t>(a)] < names[static_cast<size_t>(b)];
    });
  }

  // Many fields, or numbers among the keys: names are copied, values looked up again.
  void large_object(int index) {
    struct Key {
      std::string name;
      double number;
      bool is_number;
    };
    std::vector<Key> keys;
    lua_pushnil(L_);
    while (lua_next(L_, index)) {
      lua_pop(L_, 1);
      if (lua_type(L_, -1) == LUA_TNUMBER) {
        double number = lua_tonumber(L_, -1);
        Key key{{}, number, true};
        if (!std::isfinite(number)) luaL_error(L_, "json: a key that is not finite");
        json::append_number(key.name, number);
        keys.push_back(std::move(key));
      } else if (lua_type(L_, -1) == LUA_TSTRING) {
        size_t size = 0;
        const char* text = lua_tolstring(L_, -1, &size);
        keys.push_back({{text, size}, 0, false});
      } else {
        luaL_error(L_, "json: a %s cannot be a key", luaL_typename(L_, -1));
      }
    }
    std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return a.name < b.name; });
    open('{');
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) next();
      const Key& key = keys[i];
      if (key.is_number) {
        lua_pushnumber(L_, key.number);
      } else {
        lua_pushlstring(L_, key.name.data(), key.name.size());
      }
      lua_rawget(L_, index);
      name(key.name.data(), key.name.size());
      value(lua_gettop(L_));
      lua_pop(L_, 1);
    }
    close('}');
  }

  void userdata(int index) {
    const void* mark = metatable(index);
    if (mark && mark == raw_) {
      out_.append(static_cast<const char*>(lua_touserdata(L_, index)), lua_objlen(L_, index));
      return;
    }
    if (mark && mark == ordered_) return ordered(index);
    if (!encode_userdata(L_, index, out_, format_)) {
      luaL_error(L_, "json: this userdata has no JSON form");
    }
  }

  void ordered(int index) {
    enter();
    lua_getfenv(L_, index);
    int list = lua_gettop(L_);
    size_t length = lua_objlen(L_, list);
    if (length == 0) {
      --depth_;
      out_ += "{}";
      lua_pop(L_, 1);
      return;
    }
    open('{');
    for (size_t i = 1; i < length; i += 2) {
      if (i > 1) next();
      lua_rawgeti(L_, list, static_cast<int>(i));
      lua_rawgeti(L_, list, static_cast<int>(i + 1));
      size_t size = 0;
      const char* text = lua_tolstring(L_, -2, &size);
      name(text, size);
      value(lua_gettop(L_));
      lua_pop(L_, 2);
    }
    lua_pop(L_, 1);
    close('}');
  }

  lua_State* L_;
  script::Effort effort_;
  std::string& out_;
  const json::Format& format_;
  const void* array_ = nullptr;
  const void* object_ = nullptr;
  const void* ordered_ = nullptr;
  const void* raw_ = nullptr;
  int depth_ = 0;
  int lists_ = 0;  // around the value
  std::vector<std::unique_ptr<Shape>> shapes_;  // by depth
};

// Builds the value on the Lua stack. Slots: the two marks, then per level its container
// and, in an object, the key that waits for its value.
class Builder final : public json::Handler {
 public:
  explicit Builder(lua_State* L) : L_(L), effort_(L) {
    luaL_checkstack(L, json::max_depth * 2 + 8, "json");
    push_mark(L, &array_mark);
    push_mark(L, &object_mark);
    marks_ = lua_gettop(L);
  }

  void null() override {
    lua_pushlightuserdata(L_, nullptr);
    place();
  }
  void boolean(bool value) override {
    lua_pushboolean(L_, value);
    place();
  }
  void number(double value) override {
    lua_pushnumber(L_, value);
    place();
  }
  // A telephone number that somebody sent as a number: its digits, as the store gives such numbers.
  void whole(std::string_view digits, double) override { string(digits); }
  void string(std::string_view text) override {
    effort_.work(text.size());
    lua_pushlstring(L_, text.data(), text.size());
    place();
  }
  void begin_array() override { begin(marks_ - 1, true); }
  void end_array() override { end(); }
  void begin_object() override { begin(marks_, false); }
  void key(std::string_view name) override {
    effort_.work(name.size());
    lua_pushlstring(L_, name.data(), name.size());
  }
  void end_object() override { end(); }

 private:
  struct Level {
    bool list = false;
    int count = 0;
  };

  void begin(int mark, bool list) {
    lua_newtable(L_);
    lua_pushvalue(L_, mark);
    lua_setmetatable(L_, -2);
    levels_[static_cast<size_t>(depth_++)] = {list, 0};
  }
  void end() {
    --depth_;
    place();
  }
  // The finished value is on top: put it into its container, if it has one.
  void place() {
    effort_.work(1);
    if (depth_ == 0) return;
    Level& level = levels_[static_cast<size_t>(depth_ - 1)];
    if (level.list) {
      lua_rawseti(L_, -2, ++level.count);
    } else {
      lua_rawset(L_, -3);
    }
  }

  lua_State* L_;
  script::Effort effort_;
  int marks_;
  int depth_ = 0;
  std::array<Level, json::max_depth + 1> levels_;
};

}  // namespace

void set_encoder(lua_State* L, Encoder encoder) {
  lua_pushlightuserdata(L, reinterpret_cast<void*>(encoder));
  lua_setfield(L, -2, "__json");
}

bool encode_userdata(lua_State* L, int index, std::string& out, const json::Format& format) {
  if (!luaL_getmetafield(L, index, "__json")) return false;
  auto encoder = reinterpret_cast<Encoder>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  if (!encoder) return false;
  encoder(L, index, out, format);
  return true;
}

void encode_value(lua_State* L, int index, std::string& out, const json::Format& format) {
  if (index < 0 && index > LUA_REGISTRYINDEX) index = lua_gettop(L) + index + 1;
  luaL_checkstack(L, 8, "json");
  Writer(L, out, format).value(index);
}

base::Result<void> push_json(lua_State* L, std::string_view text) {
  int top = lua_gettop(L);
  Builder builder(L);
  if (auto parsed = json::parse(text, builder); !parsed) {
    lua_settop(L, top);
    return parsed;
  }
  lua_replace(L, top + 1);
  lua_settop(L, top + 1);
  return {};
}

void push_null(lua_State* L) { lua_pushlightuserdata(L, nullptr); }

static int json_encode(lua_State* L) {
  luaL_checkany(L, 1);
  json::Format format;
  format.php = args::field_boolean(L, 2, "php", false);
  format.indent = args::field_boolean(L, 2, "indent", false);
  std::string out;
  encode_value(L, 1, out, format);
  return script::push_string(L, out);
}

static int json_decode(lua_State* L) {
  if (auto parsed = push_json(L, args::string(L, 1)); !parsed) {
    return script::push_error(L, parsed.error());
  }
  return 1;
}

static int mark(lua_State* L, const char* mark) {
  args::table(L, 1);
  if (lua_getmetatable(L, 1)) {
    const void* present = lua_topointer(L, -1);
    if (present != mark_pointer(L, &array_mark) && present != mark_pointer(L, &object_mark)) {
      return luaL_error(L, "json: the table has a metatable of its own");
    }
  }
  lua_settop(L, 1);
  push_mark(L, mark);
  lua_setmetatable(L, 1);
  return 1;
}

static int json_object(lua_State* L) { return mark(L, &object_mark); }
static int json_array(lua_State* L) { return mark(L, &array_mark); }

static int json_is_array(lua_State* L) {
  bool array = false;
  if (lua_type(L, 1) == LUA_TTABLE && lua_getmetatable(L, 1)) {
    array = lua_topointer(L, -1) == mark_pointer(L, &array_mark);
  }
  lua_pushboolean(L, array);
  return 1;
}

static int json_ordered(lua_State* L) {
  int count = lua_gettop(L);
  lua_newuserdata(L, 1);
  push_mark(L, &ordered_mark);
  lua_setmetatable(L, -2);
  lua_createtable(L, count, 0);
  int filled = 0;
  for (int i = 1; i <= count; i += 2) {
    args::string(L, i);
    if (lua_isnoneornil(L, i + 1) || i == count) continue;
    lua_pushvalue(L, i);
    lua_rawseti(L, -2, ++filled);
    lua_pushvalue(L, i + 1);
    lua_rawseti(L, -2, ++filled);
  }
  lua_setfenv(L, -2);
  return 1;
}

static int json_raw(lua_State* L) {
  std::string_view text = args::string(L, 1);
  void* copy = lua_newuserdata(L, text.size());
  std::memcpy(copy, text.data(), text.size());
  push_mark(L, &raw_mark);
  lua_setmetatable(L, -2);
  return 1;
}

// A metatable a script can neither read nor replace.
static void make_mark(lua_State* L, const char* mark) {
  lua_pushlightuserdata(L, const_cast<char*>(mark));
  lua_newtable(L);
  lua_pushboolean(L, false);
  lua_setfield(L, -2, "__metatable");
  lua_rawset(L, LUA_REGISTRYINDEX);
}

void open_json(lua_State* L) {
  for (const char* mark : {&array_mark, &object_mark, &ordered_mark, &raw_mark}) make_mark(L, mark);
  static constexpr luaL_Reg functions[] = {
      {"encode", json_encode},   {"decode", json_decode},   {"object", json_object},
      {"array", json_array},     {"ordered", json_ordered}, {"raw", json_raw},
      {"is_array", json_is_array}, {nullptr, nullptr}};
  open_module(L, "json", functions);
  push_null(L);
  open_constant(L, "json", "null");
}

}  // namespace host::bind
