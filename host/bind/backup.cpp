// Module `backup`: an archive of the store and of files beside it.
#include "store/backup.h"

#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "bind/bind.h"
#include "script/args.h"
#include "script/body.h"
#include "script/push.h"
#include "script/task.h"

namespace host::bind {

namespace args = script::args;
using base::Result;
using script::Task;

static constexpr std::size_t most_names = 256;
// A large store takes minutes: what it may take in all is not what a request may.
static constexpr std::uint64_t most_ms = 3600 * 1000;

// The list of texts of an option; raises unless it is one, or is not there.
static std::vector<std::string> names_of(lua_State* L, int options, const char* field) {
  std::vector<std::string> names;
  lua_getfield(L, options, field);
  if (!lua_isnil(L, -1)) {
    if (!lua_istable(L, -1)) luaL_argerror(L, options, "folders, without: lists of names");
    std::size_t count = lua_objlen(L, -1);
    if (count > most_names) luaL_argerror(L, options, "folders, without: at most 256 names");
    for (std::size_t i = 1; i <= count; ++i) {
      lua_rawgeti(L, -1, static_cast<int>(i));
      if (lua_type(L, -1) != LUA_TSTRING) luaL_argerror(L, options, "folders, without: lists of names");
      names.emplace_back(lua_tostring(L, -1));
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  return names;
}

static int backup_make(lua_State* L) {
  Task& task = Task::require(L, "backup.make");
  args::table(L, 1);
  store::BackupWish wish;
  wish.folders = names_of(L, 1, "folders");
  wish.without = names_of(L, 1, "without");
  Services& lane = services(L);
  if (!lane.backups) return script::push_error(L, base::unavailable("backup: not available here"));
  auto resume = task.resumer();
  task.allow(most_ms);
  return task.suspend(lane.backups->make(*lane.loop, std::move(wish), [resume](Result<store::BackupFile> made) {
    resume([made = std::move(made)](lua_State* co) mutable {
      if (!made) return script::push_error(co, made.error());
      http::FileBody body;
      body.size = made->size();
      body.modified = static_cast<std::int64_t>(std::time(nullptr));
      body.descriptor = made->release();
      return script::push_body(co, body);
    });
  }));
}

void open_backup(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"make", backup_make}, {nullptr, nullptr}};
  open_module(L, "backup", functions);
}

}  // namespace host::bind
