#include "script/declare.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <span>
#include <string_view>

namespace host::script {

using Names = std::span<const std::string_view>;

static constexpr std::string_view route_keys[] = {"summary", "params",  "actions", "result",  "description", "aliases",
                                     "tags",    "file",    "surface"};
static constexpr std::string_view action_keys[] = {"access", "at", "summary", "verb",        "params", "body",
                                      "tenant", "result",  "description", "refuses",
                                      "media",  "statuses", "max_body"};
static constexpr std::string_view param_keys[] = {"type",    "required", "default", "enum",    "min",   "max",
                                     "pattern", "aliases",  "summary", "example", "secret", "document"};
static constexpr std::string_view param_types[] = {"string", "integer", "number",   "boolean", "extension",
                                      "date",   "datetime", "object",  "list",    "any"};
static constexpr std::string_view accesses[] = {"read", "write", "admin", "public"};
static constexpr std::string_view tenancies[] = {"required", "optional", "none"};
static constexpr std::string_view methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};
static constexpr std::string_view surface_keys[] = {"name",     "title",  "mounts",   "words",  "cors",    "handle",
                                       "loaded",   "failed", "security", "media",  "statuses", "params",
                                       "tenant",   "refusal", "description", "describe"};
static constexpr std::string_view cors_keys[] = {"origin", "methods", "headers"};
static constexpr std::string_view job_keys[] = {"name", "every", "on", "run", "hosts"};

template <typename List>
static bool among(std::string_view word, const List& names) {
  return std::find(std::begin(names), std::end(names), word) != std::end(names);
}

template <typename List>
static std::string listed(const List& names) {
  std::string text;
  for (std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

int raise_at(lua_State* L, const std::string& file, const std::string& message) {
  lua_Debug frame{};
  std::string source = "@" + file;
  for (int level = 0; lua_getstack(L, level, &frame); ++level) {
    if (!lua_getinfo(L, "Sl", &frame) || source != frame.source || frame.currentline <= 0) continue;
    lua_pushfstring(L, "%s:%d: %s", file.c_str(), frame.currentline, message.c_str());
    return lua_error(L);
  }
  return luaL_error(L, "%s", message.c_str());
}

namespace {
// Checks one declaration; every message says which part of it is wrong.
class Checker {
 public:
  Checker(lua_State* L, const std::string& file) : L_(L), file_(file) {}

  void wrong(const std::string& message) const { raise_at(L_, file_, message); }

  // The keys of the table on top must be known.
  void keys(const std::string& what, Names known, const std::vector<std::string>& more = {}) const {
    lua_pushnil(L_);
    while (lua_next(L_, -2)) {
      lua_pop(L_, 1);
      if (lua_type(L_, -1) != LUA_TSTRING) wrong(what + ": a key is not a name");
      std::string_view key = lua_tostring(L_, -1);
      if (!among(key, known) && !among(key, more)) wrong(what + ": unknown key '" + std::string(key) + "'");
    }
  }

  // Pushes the field of the table on top; false and nothing pushed when it is nil.
  bool field(const std::string& what, const char* name, int type, bool required = false) const {
    lua_pushstring(L_, name);
    lua_rawget(L_, -2);
    if (lua_isnil(L_, -1)) {
      lua_pop(L_, 1);
      if (required) wrong(what + ": " + name + " is missing");
      return false;
    }
    if (lua_type(L_, -1) != type) {
      wrong(what + ": " + name + " must be a " + lua_typename(L_, type));
    }
    return true;
  }

  void optional(const std::string& what, const char* name, int type) const {
    if (field(what, name, type)) lua_pop(L_, 1);
  }

  void choice(const std::string& what, const char* name, Names allowed, bool required) const {
    if (!field(what, name, LUA_TSTRING, required)) return;
    if (!among(lua_tostring(L_, -1), allowed)) {
      wrong(what + ": " + name + " must be one of " + listed(allowed));
    }
    lua_pop(L_, 1);
  }

  void strings(const std::string& what, const char* name, bool required) const {
    if (!field(what, name, LUA_TTABLE, required)) return;
    lua_pushnil(L_);
    while (lua_next(L_, -2)) {
      if (lua_type(L_, -2) != LUA_TNUMBER || lua_type(L_, -1) != LUA_TSTRING) {
        wrong(what + ": " + name + " must be a list of strings");
      }
      lua_pop(L_, 1);
    }
    lua_pop(L_, 1);
  }

  // {"404", ["409"] = "taken"}: HTTP statuses, some with what they mean; "4XX" is all of a kind.
  void statuses(const std::string& what) const {
    if (!field(what, "statuses", LUA_TTABLE)) return;
    lua_pushnil(L_);
    while (lua_next(L_, -2)) {
      if (lua_type(L_, -1) != LUA_TSTRING) wrong(what + ": statuses must be texts");
      std::string_view status = lua_tostring(L_, lua_type(L_, -2) == LUA_TSTRING ? -2 : -1);
      bool number = status.size() == 3 && status[0] >= '2' && status[0] <= '5' && status != "2XX" && status != "3XX" &&
                    (status.substr(1) == "XX" ||
                     (std::isdigit(static_cast<unsigned char>(status[1])) && std::isdigit(static_cast<unsigned char>(status[2]))));
      if (!number) wrong(what + ": statuses: not an HTTP status: \"" + std::string(status) + "\"");
      lua_pop(L_, 1);
    }
    lua_pop(L_, 1);
  }

  void params(const std::string& what, const char* name) const {
    if (!field(what, name, LUA_TTABLE)) return;
    lua_pushnil(L_);
    while (lua_next(L_, -2)) {
      if (lua_type(L_, -2) != LUA_TSTRING) wrong(what + ": " + name + ": a key is not a name");
      std::string which = what + ": " + name + "." + lua_tostring(L_, -2);
      if (!lua_istable(L_, -1)) wrong(which + " must be a table");
      param(which);
      lua_pop(L_, 1);
    }
    lua_pop(L_, 1);
  }

  void param(const std::string& which) const {
    keys(which, param_keys);
    choice(which, "type", param_types, false);
    optional(which, "required", LUA_TBOOLEAN);
    optional(which, "min", LUA_TNUMBER);
    optional(which, "max", LUA_TNUMBER);
    optional(which, "pattern", LUA_TSTRING);
    optional(which, "summary", LUA_TSTRING);
    optional(which, "secret", LUA_TBOOLEAN);
    optional(which, "enum", LUA_TTABLE);
    optional(which, "document", LUA_TTABLE);
    strings(which, "aliases", false);
  }

 private:
  lua_State* L_;
  const std::string& file_;
};
}  // namespace

std::string text_field(lua_State* L, int index, const char* name) {
  lua_pushvalue(L, index);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  std::string text;
  if (lua_type(L, -1) == LUA_TSTRING) text = lua_tostring(L, -1);
  lua_pop(L, 2);
  return text;
}

std::vector<std::string> list_field(lua_State* L, int index, const char* name) {
  std::vector<std::string> list;
  lua_pushvalue(L, index);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  if (lua_istable(L, -1)) {
    int count = static_cast<int>(lua_objlen(L, -1));
    for (int i = 1; i <= count; ++i) {
      lua_rawgeti(L, -1, i);
      if (lua_type(L, -1) == LUA_TSTRING) list.emplace_back(lua_tostring(L, -1));
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 2);
  return list;
}

std::vector<DeclaredVerb> read_verbs(lua_State* L) {
  std::vector<std::string> texts = list_field(L, -1, "verb");
  if (std::string one = text_field(L, -1, "verb"); !one.empty()) texts.push_back(one);
  std::vector<DeclaredVerb> verbs;
  for (const std::string& text : texts) {
    std::size_t blank = text.find(' ');
    if (blank == std::string::npos) {
      verbs.push_back({text, ""});
    } else {
      verbs.push_back({text.substr(0, blank), text.substr(blank + 1)});
    }
  }
  return verbs;
}

static void check_action(lua_State* L, const Checker& check, const std::string& name,
                         const std::vector<std::string>& words) {
  std::string what = "actions." + name;
  if (among(name, route_keys) || among(name, words)) check.wrong(what + ": this name is a key of route");
  if (!lua_istable(L, -1)) check.wrong(what + " must be a table");
  check.keys(what, action_keys);
  check.choice(what, "access", accesses, true);
  check.choice(what, "tenant", tenancies, false);
  check.optional(what, "summary", LUA_TSTRING);
  check.optional(what, "description", LUA_TSTRING);
  check.optional(what, "result", LUA_TTABLE);
  check.optional(what, "refuses", LUA_TBOOLEAN);
  check.optional(what, "max_body", LUA_TNUMBER);
  check.strings(what, "media", false);
  check.statuses(what);
  check.params(what, "params");
  check.params(what, "body");
  lua_pushliteral(L, "verb");
  lua_rawget(L, -2);
  int type = lua_type(L, -1);
  lua_pop(L, 1);
  if (type != LUA_TNIL && type != LUA_TSTRING && type != LUA_TTABLE) {
    check.wrong(what + ": verb must be a string or a list of strings");
  }
  for (const DeclaredVerb& verb : read_verbs(L)) {
    if (!among(verb.method, methods) || !verb.path.starts_with('/')) {
      check.wrong(what + ": verb must be like \"GET /path\", with one of " + listed(methods));
    }
  }
}

void check_route(lua_State* L, const std::string& file, const std::vector<std::string>& words) {
  Checker check(L, file);
  if (!lua_istable(L, 1)) check.wrong("route: a table is expected");
  lua_settop(L, 1);
  check.keys("route", route_keys, words);
  int identities = 0;
  for (const std::string& word : words) {
    if (!check.field("route", word.c_str(), LUA_TSTRING)) continue;
    if (lua_objlen(L, -1) == 0) check.wrong("route: " + word + " is empty");
    lua_pop(L, 1);
    ++identities;
  }
  if (identities == 0) {
    check.wrong("route: " + std::string(words.size() > 1 ? "one of " : "") + listed(words) + " is needed");
  }
  if (check.field("route", "summary", LUA_TSTRING, true)) lua_pop(L, 1);
  check.optional("route", "description", LUA_TSTRING);
  check.optional("route", "result", LUA_TTABLE);
  check.strings("route", "aliases", false);
  check.strings("route", "tags", false);
  check.params("route", "params");
  check.field("route", "actions", LUA_TTABLE, true);
  lua_pushnil(L);
  int actions = 0;
  while (lua_next(L, -2)) {
    if (lua_type(L, -2) != LUA_TSTRING) check.wrong("actions: a key is not a name");
    check_action(L, check, lua_tostring(L, -2), words);
    lua_pop(L, 1);
    ++actions;
  }
  if (actions == 0) check.wrong("route: actions is empty");
  lua_pop(L, 1);
}

void check_surface(lua_State* L, const std::string& file) {
  Checker check(L, file);
  if (!lua_istable(L, 1)) check.wrong("surface: a table is expected");
  lua_settop(L, 1);
  check.keys("surface", surface_keys);
  if (check.field("surface", "name", LUA_TSTRING, true)) lua_pop(L, 1);
  check.strings("surface", "mounts", true);
  check.strings("surface", "words", false);
  for (const std::string& word : list_field(L, 1, "words")) {
    if (word.empty() || among(word, route_keys)) check.wrong("surface: words: not a free word: \"" + word + "\"");
  }
  for (const char* name : {"title", "description"}) check.optional("surface", name, LUA_TSTRING);
  check.strings("surface", "media", false);
  check.statuses("surface");
  for (const char* name : {"security", "refusal"}) check.optional("surface", name, LUA_TTABLE);
  check.params("surface", "params");
  if (check.field("surface", "tenant", LUA_TTABLE)) {
    check.param("surface: tenant");
    lua_pop(L, 1);
  }
  for (const std::string& mount : list_field(L, 1, "mounts")) {
    if (!mount.empty() && (mount[0] != '/' || mount.back() == '/')) {
      check.wrong("surface: a mount starts with '/' and does not end with it: \"" + mount + "\"");
    }
  }
  for (const char* name : {"handle", "loaded", "failed", "describe"}) {
    check.optional("surface", name, LUA_TFUNCTION);
  }
  if (check.field("surface", "cors", LUA_TTABLE)) {
    check.keys("cors", cors_keys);
    for (const char* name : {"origin", "methods", "headers"}) {
      check.field("cors", name, LUA_TSTRING, true);
      std::string_view value = lua_tostring(L, -1);
      if (value.find_first_of("\r\n") != std::string_view::npos) {
        check.wrong(std::string("cors: ") + name + " holds a line break");
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
}

JobInfo check_job(lua_State* L, const std::string& file) {
  Checker check(L, file);
  if (!lua_istable(L, 1)) check.wrong("job: a table is expected");
  lua_settop(L, 1);
  check.keys("job", job_keys);
  if (check.field("job", "name", LUA_TSTRING, true)) lua_pop(L, 1);
  check.strings("job", "on", false);
  if (check.field("job", "run", LUA_TFUNCTION, true)) lua_pop(L, 1);
  double every = 0;
  if (check.field("job", "every", LUA_TNUMBER)) {
    every = lua_tonumber(L, -1);
    if (!(every >= 0.1 && every <= 86400.0 * 366)) check.wrong("job: every must be 0.1 or more seconds");
    lua_pop(L, 1);
  }
  JobInfo info;
  info.name = text_field(L, 1, "name");
  info.file = file;
  info.every = every;
  info.on = list_field(L, 1, "on");
  if (check.field("job", "hosts", LUA_TSTRING)) {
    std::string_view hosts = lua_tostring(L, -1);
    if (hosts != "one" && hosts != "every") check.wrong("job: hosts must be 'one' or 'every'");
    info.everywhere = hosts == "every";
    lua_pop(L, 1);
  }
  if (info.name.empty()) check.wrong("job: name is empty");
  return info;
}

}  // namespace host::script
