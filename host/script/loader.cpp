#include "script/loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "script/layers.h"
#include "script/modules.h"
#include "script/push.h"
#include "script/sandbox.h"
#include "script/views.h"

namespace host::script {

static const char loaded_key = 0;  // registry: script modules by file
static const char routes_key = 0;  // registry: all declarations

void push_route_list(lua_State* L) { push_kept_table(L, routes_key); }

Loader::Loader(Generation::State& state, const ScriptSet& scripts,
               std::vector<Problem>& problems)
    : state_(state), runtime_(*state.runtime), scripts_(scripts), problems_(problems) {}

void Loader::run() {
  runtime_.loader = this;
  const auto& all = scripts_.scripts;
  for (const auto& [file, script] : all) {
    if (layers::role_of(file) == layers::Role::surface) load(Kind::surface, file);
  }
  sort_mounts();
  // With a surface missing every one of its scripts would be reported too.
  if (problems_.empty()) {
    for (const auto& [file, script] : all) {
      if (layers::role_of(file) == layers::Role::route) load(Kind::script, file);
    }
    for (const auto& [file, script] : all) {
      layers::Role role = layers::role_of(file);
      if (role == layers::Role::job || (role == layers::Role::command && scripts_.commands)) load(Kind::job, file);
    }
  }
  if (problems_.empty()) {
    for (auto& surface : state_.surfaces) call_loaded(*surface);
  }
  runtime_.loader = nullptr;
}

// One file of the top level, with what it declared checked afterwards.
void Loader::load(Kind kind, const std::string& file) {
  if (stopped_) return;
  kind_ = kind;
  file_ = file;
  routes_.clear();
  surfaces_.clear();
  requiring_.clear();
  culprit_.clear();
  runtime_.slot().enter(state_.setup.limits.load_ms * 1'000'000u);
  auto loaded = guarded(runtime_.state(), [&](lua_State* L) {
    push_kept_table(L, loaded_key);
    lua_getfield(L, -1, file.c_str());
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      run_chunk(L, file);
    }
    for (int table : surfaces_) finish_surface(L, file, table);
    finish_routes(L, file);
  });
  runtime_.slot().leave();
  if (lua_gethookmask(runtime_.state()) != 0) runtime_.slot().disarm();
  runtime_.callback_depth = 0;
  if (runtime_.killed) {
    runtime_.killed = false;
    // The rest would run in a state whose libraries may be half loaded, each to its limit.
    stopped_ = true;
    return problem(culprit_.empty() ? file : culprit_, (runtime_.killed_at.empty() ? file : runtime_.killed_at) +
                                                           ": loading takes too long");
  }
  if (!loaded) {
    std::string message = loaded.error().message;
    if (message.find(".lua:") == std::string::npos) message = file + ": " + message;
    problem(culprit_.empty() ? file : culprit_, std::move(message));
  }
}

namespace {
// One file of a chain of require calls; a Lua error unwinds through it.
class Link {
 public:
  Link(std::vector<std::string>& chain, const std::string& file, std::string& culprit)
      : chain_(chain), file_(file), culprit_(culprit) {
    chain_.push_back(file);
    culprit_.clear();
  }
  ~Link() {
    chain_.pop_back();
    if (!sound && culprit_.empty()) culprit_ = file_;
  }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  bool sound = false;

 private:
  std::vector<std::string>& chain_;
  const std::string& file_;
  std::string& culprit_;
};
}  // namespace

// Pushes what the chunk returned, after keeping it for require. The table of loaded
// modules is below.
void Loader::run_chunk(lua_State* L, const std::string& file) {
  luaL_checkstack(L, 20, "nested require");
  const std::string& text = scripts_.scripts.at(file).text;
  // Text only: bytecode is never safe. The name shows in every message.
  if (luaL_loadbufferx(L, text.data(), text.size(), ("@" + file).c_str(), "t") != 0) lua_error(L);
  luaJIT_setmode(L, -1, LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_OFF);
  bool own = folder_of(file) > 0;
  own && !scripts_.open ? push_own_environment(L) : push_environment(L);
  lua_setfenv(L, -2);
  lua_call(L, 0, 1);
  if (lua_isnil(L, -1)) {
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
  }
  if (own) {
    leave_open(L);
  } else if (layers::role_of(file) == layers::Role::library) {
    close_module(L);
  }
  push_kept_table(L, loaded_key);
  lua_pushvalue(L, -2);
  lua_setfield(L, -2, file.c_str());
  lua_pop(L, 1);
}

int Loader::require(lua_State* L, const std::string& name) {
  std::string file = name;
  std::replace(file.begin(), file.end(), '.', '/');
  std::string whole = file + ".lua";
  if (!scripts_.scripts.count(whole)) whole = file + "/init.lua";
  if (!scripts_.scripts.count(whole)) return luaL_error(L, "require: no module '%s'", name.c_str());
  const std::string& from = requiring_.empty() ? file_ : requiring_.back();
  needs_[from].insert(whole);
  if (!scripts_.open) {
    const Surface* surface = surface_of(from);
    std::string refused = layers::refusal(from, whole, surface ? std::string_view(surface->folder) : "");
    if (!refused.empty()) return raise_at(L, from, "require: " + refused);
  }
  // What is shared with the stock is closed to scripts of one's own.
  auto hand_over = [L, closed = !scripts_.open && folder_of(from) > 0] {
    if (closed) push_view(L);
    return 1;
  };
  push_kept_table(L, loaded_key);
  lua_getfield(L, -1, whole.c_str());
  if (!lua_isnil(L, -1)) return hand_over();
  lua_pop(L, 2);
  if (std::find(requiring_.begin(), requiring_.end(), whole) != requiring_.end()) {
    std::string chain;
    for (const std::string& link : requiring_) chain += link + " -> ";
    return luaL_error(L, "require: a circle: %s%s", chain.c_str(), whole.c_str());
  }
  if (requiring_.size() >= 64) return luaL_error(L, "require: nested too deep");
  Link link(requiring_, whole, culprit_);
  run_chunk(L, whole);
  link.sound = true;
  return hand_over();
}

void Loader::must_be(lua_State* L, Kind kind, const char* what) {
  if (kind_ == kind && requiring_.empty()) return;
  raise_at(L, requiring_.empty() ? file_ : requiring_.back(),
           std::string(what) + " cannot be declared here");
}

int Loader::route(lua_State* L) {
  must_be(L, Kind::script, "a route");
  Surface* surface = surface_of(file_);
  if (!surface) return raise_at(L, file_, "no surface serves this folder");
  check_route(L, file_, surface->words);
  DeclaredRoute declared;
  lua_Debug frame{};
  std::string source = "@" + file_;
  for (int level = 0; lua_getstack(L, level, &frame); ++level) {
    if (lua_getinfo(L, "Sl", &frame) && source == frame.source) declared.line = frame.currentline;
  }
  set_field(L, "file", std::string_view(file_));
  set_field(L, "surface", std::string_view(surface->name));
  lua_pushvalue(L, 1);
  if (folder_of(file_) > 0) leave_open(L);
  declared.table = luaL_ref(L, LUA_REGISTRYINDEX);
  routes_.push_back(declared);
  return 1;
}

int Loader::surface(lua_State* L) {
  must_be(L, Kind::surface, "a surface");
  check_surface(L, file_);
  lua_pushvalue(L, 1);
  if (folder_of(file_) > 0) leave_open(L);
  surfaces_.push_back(luaL_ref(L, LUA_REGISTRYINDEX));
  return 1;
}

int Loader::job(lua_State* L) {
  must_be(L, Kind::job, "a job");
  JobInfo info = check_job(L, file_);
  for (const JobInfo& other : state_.jobs) {
    if (other.name == info.name) {
      return clash(L, other.file, file_ + ": job: the name '" + info.name + "' is taken by " + other.file);
    }
  }
  lua_getfield(L, 1, "run");
  state_.job_functions.push_back(luaL_ref(L, LUA_REGISTRYINDEX));
  state_.jobs.push_back(std::move(info));
  lua_settop(L, 1);
  return 1;
}

static int function_field(lua_State* L, int table, const char* name) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, table);
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  if (lua_isfunction(L, -1)) return luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pop(L, 1);
  return LUA_NOREF;
}

void Loader::finish_surface(lua_State* L, const std::string& file, int table) {
  auto made = std::make_unique<Surface>();
  made->table = table;
  lua_rawgeti(L, LUA_REGISTRYINDEX, table);
  int index = lua_gettop(L);
  made->name = text_field(L, index, "name");
  made->title = text_field(L, index, "title");
  if (made->title.empty()) made->title = made->name;
  made->mounts = list_field(L, index, "mounts");
  made->folder = layers::folder_of(file);
  made->words = list_field(L, index, "words");
  if (made->words.empty()) made->words = {"family"};
  lua_getfield(L, index, "cors");
  if (lua_istable(L, -1)) {
    int cors = lua_gettop(L);
    made->cors = std::make_unique<Cors>(
        Cors{text_field(L, cors, "origin"), text_field(L, cors, "methods"), text_field(L, cors, "headers")});
  }
  lua_settop(L, index - 1);
  made->handle = function_field(L, table, "handle");
  made->failed = function_field(L, table, "failed");
  if (made->handle == LUA_NOREF) {
    luaL_error(L, "%s: surface '%s' has no function 'handle'", file.c_str(), made->name.c_str());
  }
  for (const auto& other : state_.surfaces) {
    if (other->name == made->name) {
      clash(L, other->folder + "surface.lua", file + ": a surface '" + made->name + "' exists already, " + other->folder);
    }
    for (const std::string& mount : made->mounts) {
      if (std::find(other->mounts.begin(), other->mounts.end(), mount) != other->mounts.end()) {
        clash(L, other->folder + "surface.lua",
              file + ": the mount \"" + mount + "\" is taken by surface '" + other->name + "'");
      }
    }
  }
  state_.surfaces.push_back(std::move(made));
}

void Loader::sort_mounts() {
  for (auto& surface : state_.surfaces) {
    for (const std::string& mount : surface->mounts) state_.mounts.push_back({mount, surface.get()});
  }
  std::stable_sort(state_.mounts.begin(), state_.mounts.end(), [](const Mount& a, const Mount& b) {
    return a.prefix.size() > b.prefix.size();
  });
}

// The nearest surface.lua upward serves a file; where there is none, the one at the root address.
Surface* Loader::surface_of(const std::string& file) const {
  Surface* nearest = nullptr;
  Surface* root = nullptr;
  for (const auto& surface : state_.surfaces) {
    if (std::find(surface->mounts.begin(), surface->mounts.end(), "") != surface->mounts.end()) root = surface.get();
    if (!file.starts_with(surface->folder)) continue;
    if (!nearest || surface->folder.size() > nearest->folder.size()) nearest = surface.get();
  }
  return nearest ? nearest : root;
}

void Loader::finish_routes(lua_State* L, const std::string& file) {
  Surface* surface = surface_of(file);
  for (const DeclaredRoute& declared : routes_) {
    luaL_checkstack(L, 20, "routes");
    int top = lua_gettop(L);
    check_identity(L, *surface, file, declared);
    check_functions(L, file, declared);
    lua_rawgeti(L, LUA_REGISTRYINDEX, declared.table);
    lua_getfield(L, -1, "actions");
    std::vector<std::string> actions;
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      actions.emplace_back(lua_tostring(L, -2));
      lua_pop(L, 1);
    }
    // The order of a Lua table differs from run to run; lists and errors must not.
    std::sort(actions.begin(), actions.end());
    lua_settop(L, top);
    for (const std::string& action : actions) add_action(L, *surface, file, declared, action);
    push_route_list(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, declared.table);
    lua_rawseti(L, -2, static_cast<int>(lua_objlen(L, -2)) + 1);
    lua_settop(L, top);
  }
}

// True when no action of the declaration at `index` is found by a path of its own.
static bool found_by_words(lua_State* L, int index) {
  lua_getfield(L, index, "actions");
  bool found = false;
  lua_pushnil(L);
  while (lua_next(L, -2)) {
    found = found || read_verbs(L).empty();
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  return found;
}

void Loader::check_identity(lua_State* L, const Surface& surface, const std::string& file,
                            const DeclaredRoute& declared) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, declared.table);
  int index = lua_gettop(L);
  std::string identity = surface.name;
  for (const std::string& word : surface.words) {
    identity += "|" + base::text::lower(text_field(L, index, word.c_str()));
  }
  // What has paths of its own is kept apart by these; folders of one surface may use a name again.
  if (!found_by_words(L, index)) identity += "|" + std::string(layers::folder_of(file));
  lua_settop(L, index - 1);
  auto [found, fresh] = identities_.emplace(identity, file);
  if (fresh) return;
  clash(L, found->second, fmt::format("{}:{}: {} declares the same route", file, declared.line, found->second));
}

void Loader::check_functions(lua_State* L, const std::string& file, const DeclaredRoute& declared) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, declared.table);
  int table = lua_gettop(L);
  lua_getfield(L, table, "actions");
  int actions = lua_gettop(L);
  lua_pushnil(L);
  while (lua_next(L, actions)) {
    lua_pop(L, 1);
    lua_pushvalue(L, -1);
    lua_rawget(L, table);
    if (!lua_isfunction(L, -1)) {
      luaL_error(L, "%s:%d: action '%s' has no function", file.c_str(), declared.line,
                 lua_tostring(L, -2));
    }
    // Where it is, for the log.
    lua_Debug info{};
    lua_getinfo(L, ">S", &info);
    lua_pushvalue(L, -1);
    lua_rawget(L, actions);
    lua_pushliteral(L, "at");
    lua_pushfstring(L, "%s:%d", info.short_src, info.linedefined);
    lua_rawset(L, -3);
    lua_pop(L, 1);
  }
  lua_pushnil(L);
  while (lua_next(L, table)) {
    if (lua_isfunction(L, -1)) {
      lua_pushvalue(L, -2);
      lua_rawget(L, actions);
      if (lua_isnil(L, -1)) {
        lua_pop(L, 1);
        lua_Debug info{};
        lua_pushvalue(L, -1);
        lua_getinfo(L, ">S", &info);
        luaL_error(L, "%s:%d: function '%s' is not an action", file.c_str(), info.linedefined,
                   lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : "?");
      }
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  lua_settop(L, table - 1);
}

static std::string label_of(const Surface& surface, const std::string& file,
                            const std::string& action) {
  std::string stem = file.substr(0, file.size() - 4);
  if (stem.find('/') == std::string::npos) stem = surface.name + "/" + stem;
  return stem + "." + action;
}

void Loader::add_action(lua_State* L, Surface& surface, const std::string& file,
                        const DeclaredRoute& declared, const std::string& action) {
  int top = lua_gettop(L);
  lua_rawgeti(L, LUA_REGISTRYINDEX, declared.table);
  int table = lua_gettop(L);
  lua_getfield(L, table, "actions");
  lua_getfield(L, -1, action.c_str());
  int declaration = lua_gettop(L);

  RouteInfo info;
  info.surface = surface.name;
  info.title = surface.title;
  info.file = file;
  info.from = scripts_.scripts.at(file).file;
  info.action = action;
  info.label = label_of(surface, file, action);
  info.access = text_field(L, declaration, "access");
  info.summary = text_field(L, declaration, "summary");
  lua_getfield(L, declaration, "refuses");
  info.refuses = lua_toboolean(L, -1) != 0;
  lua_pop(L, 1);
  if (info.summary.empty()) info.summary = text_field(L, table, "summary");
  for (const std::string& word : surface.words) {
    if (std::string value = text_field(L, table, word.c_str()); !value.empty()) {
      info.path += (info.path.empty() ? "" : "&") + word + "=" + value;
    }
  }
  std::vector<DeclaredVerb> verbs = read_verbs(L);
  if (verbs.empty()) state_.routes.push_back(info);
  for (const DeclaredVerb& verb : verbs) {
    int taken = -1;
    auto added = surface.router.add(verb.method, verb.path, static_cast<int>(surface.verbs.size()), &taken);
    if (!added) {
      std::string text = fmt::format("{}:{}: action '{}': {}", file, declared.line, action, added.error().message);
      const std::string& other = taken < 0 ? file : surface.verbs[static_cast<std::size_t>(taken)].file;
      clash(L, other, other == file ? text : text + ", by " + other + " too");
    }
    Verb made;
    made.file = file;
    made.label = info.label;
    made.action = action;
    made.access = info.access;
    made.arguments = Router::names(verb.path);
    made.route = declared.table;
    lua_pushstring(L, action.c_str());
    made.name = luaL_ref(L, LUA_REGISTRYINDEX);
    made.handler = function_field(L, declared.table, action.c_str());
    surface.verbs.push_back(std::move(made));
    info.method = verb.method;
    info.path = (surface.mounts.empty() ? "" : surface.mounts[0]) + verb.path;
    state_.routes.push_back(info);
  }
  lua_settop(L, top);
}

void Loader::call_loaded(Surface& surface) {
  runtime_.slot().enter(state_.setup.limits.load_ms * 1'000'000u);
  auto called = guarded(runtime_.state(), [&](lua_State* L) {
    int function = function_field(L, surface.table, "loaded");
    if (function == LUA_NOREF) return;
    lua_rawgeti(L, LUA_REGISTRYINDEX, function);
    lua_createtable(L, 16, 0);
    push_route_list(L);
    int count = static_cast<int>(lua_objlen(L, -1)), kept = 0;
    for (int i = 1; i <= count; ++i) {
      lua_rawgeti(L, -1, i);
      if (text_field(L, lua_gettop(L), "surface") == surface.name) {
        lua_rawseti(L, -3, ++kept);
      } else {
        lua_pop(L, 1);
      }
    }
    lua_pop(L, 1);
    lua_call(L, 1, 0);
    luaL_unref(L, LUA_REGISTRYINDEX, function);
  });
  runtime_.slot().leave();
  if (lua_gethookmask(runtime_.state()) != 0) runtime_.slot().disarm();
  bool killed = std::exchange(runtime_.killed, false);
  // A surface looks at all its routes there: those that are not stock may be what it stumbles over.
  auto blame = [&](const std::string& text) {
    std::string file = surface.folder + "surface.lua";
    bool found = false;
    for (const RouteInfo& route : state_.routes) {
      if (route.surface != surface.name || folder_of(route.file) <= folder_of(file)) continue;
      found = true;
      problem(route.file, text);
    }
    if (!found) problem(file, text);
  };
  if (killed) {
    blame(runtime_.killed_at + ": loaded() of surface " + surface.name + " takes too long");
  } else if (!called) {
    blame("surface " + surface.name + ": " + called.error().message);
  }
}

}  // namespace host::script
