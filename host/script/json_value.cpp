#include "script/json_value.h"

#include <vector>

#include "codec/json.h"

namespace host::script {

namespace {
// Builds values on the Lua stack: the open tables, and above an object its waiting key.
class Builder final : public codec::json::Handler {
 public:
  explicit Builder(lua_State* L) : L_(L) {}

  void null() override {
    lua_pushnil(L_);
    store();
  }
  void boolean(bool value) override {
    lua_pushboolean(L_, value ? 1 : 0);
    store();
  }
  void number(double value) override {
    lua_pushnumber(L_, value);
    store();
  }
  void string(std::string_view text) override {
    lua_pushlstring(L_, text.data(), text.size());
    store();
  }
  void begin_array() override { begin(true); }
  void end_array() override { end(); }
  void begin_object() override { begin(false); }
  void key(std::string_view name) override { lua_pushlstring(L_, name.data(), name.size()); }
  void end_object() override { end(); }

 private:
  struct Level {
    bool array;
    int next;
  };
  void begin(bool array) {
    luaL_checkstack(L_, 8, "JSON");
    lua_createtable(L_, 0, 0);
    levels_.push_back({array, 1});
  }
  void end() {
    levels_.pop_back();
    store();
  }
  void store() {
    if (levels_.empty()) return;
    Level& level = levels_.back();
    if (level.array) {
      lua_rawseti(L_, -2, level.next++);
    } else {
      lua_rawset(L_, -3);
    }
  }

  lua_State* L_;
  std::vector<Level> levels_;
};
}  // namespace

base::Result<void> push_json(lua_State* L, std::string_view text) {
  int top = lua_gettop(L);
  Builder builder(L);
  auto parsed = codec::json::parse(text, builder);
  if (!parsed) lua_settop(L, top);
  return parsed;
}

}  // namespace host::script
