// Module `shared`: texts that are made once for all who ask.
#include "bind/bind.h"
#include "http/gzip.h"
#include "loop/worker.h"
#include "script/args.h"
#include "script/body.h"
#include "script/push.h"
#include "script/shared_texts.h"
#include "script/task.h"

#include <string>
#include <utility>

namespace host::bind {

namespace args = script::args;
using script::SharedTexts;
using script::Task;

static constexpr std::size_t most_name = 200;
static constexpr std::size_t worth_packing = 1024;

static std::string name_argument(lua_State* L) {
  std::string_view name = args::string(L, 1);
  if (name.empty() || name.size() > most_name) luaL_argerror(L, 1, "a name of 1 to 200 bytes");
  return std::string(name);
}

// What a task keeps of its own under other names.
static std::string kept_name(const std::string& name) { return "shared " + name; }

static http::SharedText make_text(std::string plain) {
  auto made = std::make_shared<http::CommonText>();
  if (plain.size() >= worth_packing) http::Gzip().finish(plain, made->packed);
  made->plain = std::move(plain);
  return made;
}

static int push_turn(lua_State* L, Task& task, const std::string& name, SharedTexts::Turn turn) {
  if (turn.text) return script::push_body(L, http::Body(std::move(turn.text)));
  if (turn.claim) task.keep(kept_name(name), std::move(turn.claim));
  lua_pushnil(L);
  return 1;
}

static int shared_get(lua_State* L) {
  Task& task = Task::require(L, "shared.get");
  std::string name = name_argument(L);
  Services& lane = services(L);
  if (!lane.texts || task.kept(kept_name(name))) {
    lua_pushnil(L);
    return 1;
  }
  loop::Pending waiting;
  SharedTexts::Turn turn = lane.texts->ask(
      *lane.loop, name, task.generation(),
      [resume = task.resumer(), task = &task, name](SharedTexts::Turn turn) {
        // It runs only while the task lives.
        resume([task, name, turn = std::move(turn)](lua_State* co) mutable {
          return push_turn(co, *task, name, std::move(turn));
        });
      },
      waiting);
  if (waiting) return task.suspend(std::move(waiting));
  return push_turn(L, task, name, std::move(turn));
}

static int shared_put(lua_State* L) {
  Task& task = Task::require(L, "shared.put");
  std::string name = name_argument(L);
  std::string_view text = args::string(L, 2);
  auto claim = std::static_pointer_cast<SharedTexts::Claim>(task.kept(kept_name(name)));
  Services& lane = services(L);
  if (!lane.worker) return script::push_body(L, http::Body(make_text(std::string(text))));
  return task.suspend(lane.worker->run(
      *lane.loop, [plain = std::string(text)]() mutable { return make_text(std::move(plain)); },
      [resume = task.resumer(), task = &task, name, claim](http::SharedText made) {
        resume([task, name, claim, made = std::move(made)](lua_State* co) mutable {
          // Without a claim there is no room for the name: it is for this answer alone.
          if (claim) claim->give(made);
          task->let_go(kept_name(name));
          return script::push_body(co, http::Body(std::move(made)));
        });
      }));
}

void open_shared(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"get", shared_get}, {"put", shared_put}, {nullptr, nullptr}};
  open_module(L, "shared", functions);
}

}  // namespace host::bind
