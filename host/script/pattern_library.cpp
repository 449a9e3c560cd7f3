// find, match, gmatch and gsub over Matcher, with the arguments and results of Lua 5.1.
#include <lua.hpp>

#include <cstring>
#include <string>

#include "script/effort.h"
#include "script/pattern.h"
#include "script/runtime.h"

namespace host::script {

static constexpr int most_nested_callbacks = 64;
static constexpr std::string_view specials = "^$*+?.([%-";

using Compiled = std::shared_ptr<const Pattern>;

static std::string_view text_at(lua_State* L, int index) {
  std::size_t length = 0;
  const char* text = luaL_checklstring(L, index, &length);
  return {text, length};
}

static Compiled compiled(lua_State* L, std::string_view text, bool anchor_allowed) {
  auto pattern = find_runtime(L)->patterns.find(text, anchor_allowed);
  if (!pattern) luaL_error(L, "%s", pattern.error().message.c_str());
  return std::move(pattern).value();
}

static bool match_at(lua_State* L, Matcher& matcher, std::size_t start) {
  switch (matcher.match(start)) {
    case Matcher::Outcome::matched: return true;
    case Matcher::Outcome::failed: return false;
    default: break;
  }
  // It may have grown to many megabytes.
  find_runtime(L)->patterns.scratch = {};
  luaL_error(L, "pattern too complex");
  return false;
}

static void push_capture(lua_State* L, const Matcher& matcher, std::string_view subject, int index) {
  const auto& capture = matcher.capture(index);
  if (capture.length == Matcher::position_capture) {
    lua_pushinteger(L, static_cast<lua_Integer>(capture.start + 1));
  } else {
    lua_pushlstring(L, subject.data() + capture.start, static_cast<std::size_t>(capture.length));
  }
}

// All captures, or the whole match when there are none and `whole`.
static int push_captures(lua_State* L, const Pattern& pattern, const Matcher& matcher,
                         std::string_view subject, std::size_t start, bool whole) {
  int count = pattern.captures();
  if (count == 0 && whole) {
    lua_pushlstring(L, subject.data() + start, matcher.end() - start);
    return 1;
  }
  luaL_checkstack(L, count, "too many captures");
  for (int i = 0; i < count; ++i) push_capture(L, matcher, subject, i);
  return count;
}

static std::size_t start_argument(lua_State* L, int index, std::size_t size) {
  auto length = static_cast<lua_Integer>(size);
  lua_Integer start = luaL_optinteger(L, index, 1);
  if (start < 0) start += length + 1;
  start = start > 0 ? start - 1 : 0;
  return static_cast<std::size_t>(start > length ? length : start);
}

static int search(lua_State* L, bool find) {
  std::string_view subject = text_at(L, 1), text = text_at(L, 2);
  std::size_t start = start_argument(L, 3, subject.size());
  if (find && (lua_toboolean(L, 4) || text.find_first_of(specials) == std::string_view::npos)) {
    // Linear in both, where std::string_view::find is their product.
    Effort effort(L);
    effort.work(subject.size() - start + text.size());
    const void* at = ::memmem(subject.data() + start, subject.size() - start, text.data(), text.size());
    if (!at) {
      lua_pushnil(L);
      return 1;
    }
    auto found = static_cast<std::size_t>(static_cast<const char*>(at) - subject.data());
    lua_pushinteger(L, static_cast<lua_Integer>(found + 1));
    lua_pushinteger(L, static_cast<lua_Integer>(found + text.size()));
    return 2;
  }
  Compiled pattern = compiled(L, text, true);
  Effort effort(L);
  Matcher matcher(*pattern, subject, find_runtime(L)->patterns.scratch);
  for (std::size_t at = start; at <= subject.size(); ++at) {
    effort.work(1);
    if (match_at(L, matcher, at)) {
      if (!find) return push_captures(L, *pattern, matcher, subject, at, true);
      lua_pushinteger(L, static_cast<lua_Integer>(at + 1));
      lua_pushinteger(L, static_cast<lua_Integer>(matcher.end()));
      return 2 + push_captures(L, *pattern, matcher, subject, at, false);
    }
    if (pattern->anchored()) break;
  }
  lua_pushnil(L);
  return 1;
}

static int string_find(lua_State* L) { return search(L, true); }
static int string_match(lua_State* L) { return search(L, false); }

// Upvalues: subject, pattern, where to go on.
static int next_match(lua_State* L) {
  std::size_t length = 0, pattern_length = 0;
  const char* text = lua_tolstring(L, lua_upvalueindex(1), &length);
  const char* pattern_text = lua_tolstring(L, lua_upvalueindex(2), &pattern_length);
  std::string_view subject(text, length);
  Compiled pattern = compiled(L, {pattern_text, pattern_length}, false);
  Matcher matcher(*pattern, subject, find_runtime(L)->patterns.scratch);
  auto start = static_cast<std::size_t>(lua_tointeger(L, lua_upvalueindex(3)));
  Effort effort(L);
  for (std::size_t at = start; at <= subject.size(); ++at) {
    effort.work(1);
    if (!match_at(L, matcher, at)) continue;
    // An empty match must move on, or the loop would never end.
    std::size_t next = matcher.end() == at ? at + 1 : matcher.end();
    lua_pushinteger(L, static_cast<lua_Integer>(next));
    lua_replace(L, lua_upvalueindex(3));
    return push_captures(L, *pattern, matcher, subject, at, true);
  }
  return 0;
}

static int string_gmatch(lua_State* L) {
  text_at(L, 1);
  compiled(L, text_at(L, 2), false);
  lua_settop(L, 2);
  lua_pushinteger(L, 0);
  lua_pushcclosure(L, next_match, 3);
  return 1;
}

static void append_replacement(lua_State* L, Effort& effort, std::string& out, std::string_view replacement,
                               const Pattern& pattern, const Matcher& matcher,
                               std::string_view subject, std::size_t start) {
  std::string_view whole = subject.substr(start, matcher.end() - start);
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    effort.work(1);
    effort.made(out.size());
    if (replacement[i] != '%' || i + 1 == replacement.size()) {
      out += replacement[i];
      continue;
    }
    char c = replacement[++i];
    if (c < '0' || c > '9') {
      out += c;
      continue;
    }
    int index = c - '1';
    if (c == '0' || (c == '1' && pattern.captures() == 0)) {
      out += whole;
    } else if (index >= pattern.captures()) {
      luaL_error(L, "invalid capture index");
    } else if (matcher.capture(index).length == Matcher::position_capture) {
      out += std::to_string(matcher.capture(index).start + 1);
    } else {
      const auto& capture = matcher.capture(index);
      out += subject.substr(capture.start, static_cast<std::size_t>(capture.length));
    }
  }
}

namespace {
// Native stack is used for each call back into Lua: bounded, and counted even when an
// error unwinds through here.
class Nesting {
 public:
  explicit Nesting(lua_State* L) : runtime_(*find_runtime(L)) {
    if (++runtime_.callback_depth > most_nested_callbacks) {
      --runtime_.callback_depth;
      luaL_error(L, "C stack overflow");
    }
  }
  ~Nesting() { --runtime_.callback_depth; }
  Nesting(const Nesting&) = delete;
  Nesting& operator=(const Nesting&) = delete;

 private:
  Runtime& runtime_;
};
}  // namespace

static int string_gsub(lua_State* L) {
  std::string_view subject = text_at(L, 1), text = text_at(L, 2);
  int kind = lua_type(L, 3);
  if (kind != LUA_TSTRING && kind != LUA_TNUMBER && kind != LUA_TTABLE && kind != LUA_TFUNCTION) {
    luaL_argerror(L, 3, "string/function/table expected");
  }
  lua_Integer limit = luaL_optinteger(L, 4, static_cast<lua_Integer>(subject.size() + 1));
  std::string_view replacement;
  if (kind == LUA_TSTRING || kind == LUA_TNUMBER) replacement = text_at(L, 3);

  Nesting nesting(L);
  Compiled pattern = compiled(L, text, true);
  Effort effort(L);
  Matcher matcher(*pattern, subject, find_runtime(L)->patterns.scratch);
  std::string out;
  std::size_t at = 0;
  lua_Integer count = 0;
  while (count < limit) {
    bool found = match_at(L, matcher, at);
    if (found) {
      ++count;
      std::size_t end = matcher.end();
      if (kind == LUA_TSTRING || kind == LUA_TNUMBER) {
        append_replacement(L, effort, out, replacement, *pattern, matcher, subject, at);
      } else {
        if (kind == LUA_TTABLE) {
          if (pattern->captures() > 0) {
            push_capture(L, matcher, subject, 0);
          } else {
            lua_pushlstring(L, subject.data() + at, end - at);
          }
          lua_gettable(L, 3);
        } else {
          lua_pushvalue(L, 3);
          int given = push_captures(L, *pattern, matcher, subject, at, true);
          lua_call(L, given, 1);
        }
        if (!lua_toboolean(L, -1)) {
          out += subject.substr(at, end - at);
        } else if (lua_isstring(L, -1)) {
          std::size_t length = 0;
          const char* value = lua_tolstring(L, -1, &length);
          out.append(value, length);
        } else {
          luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
        }
        lua_pop(L, 1);
      }
      effort.work(1);
      effort.made(out.size());
      if (end > at) {
        at = end;
        if (pattern->anchored()) break;
        continue;
      }
    }
    if (at >= subject.size()) break;
    effort.work(1);
    out += subject[at++];
    if (pattern->anchored()) break;
  }
  if (at < subject.size()) out += subject.substr(at);
  effort.made(out.size());
  lua_pushlstring(L, out.data(), out.size());
  lua_pushinteger(L, count);
  return 2;
}

void open_patterns(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"find", string_find},
                                           {"match", string_match},
                                           {"gmatch", string_gmatch},
                                           {"gsub", string_gsub},
                                           {nullptr, nullptr}};
  for (const luaL_Reg* it = functions; it->name; ++it) {
    lua_pushcfunction(L, it->func);
    lua_setfield(L, -2, it->name);
  }
}

}  // namespace host::script
