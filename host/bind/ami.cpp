// Lua module `ami`: actions of Asterisk's Manager Interface.
#include <algorithm>
#include <unordered_set>

#include "ami/hub.h"
#include "bind/bind.h"
#include "bind/patience.h"
#include "script/args.h"
#include "script/push.h"
#include "script/task.h"

namespace host::bind {

namespace args = script::args;
using base::Result;
using script::Task;

// A header table; the first of equal names counts, as it does for Asterisk.
static void push_headers(lua_State* L, const ami::Packet& packet) {
  lua_createtable(L, 0, static_cast<int>(packet.size()));
  for (std::size_t i = packet.size(); i-- > 0;) {
    script::push_string(L, packet[i].name);
    script::push_string(L, packet[i].value);
    lua_rawset(L, -3);
  }
}

static int push_reply(lua_State* L, const ami::Reply& reply) {
  luaL_checkstack(L, 8, "ami reply");
  lua_createtable(L, 0, 6);
  script::set_field(L, "node", std::string_view(reply.node));
  script::set_field(L, "response", reply.response.get("Response"));
  if (reply.response.has("Message")) script::set_field(L, "message", reply.response.get("Message"));
  if (reply.response.has("Output")) {
    std::string output;
    for (std::string_view line : reply.response.all("Output")) output.append(line).append("\n");
    output.pop_back();
    script::set_field(L, "output", std::string_view(output));
  }
  push_headers(L, reply.response);
  lua_setfield(L, -2, "fields");
  lua_createtable(L, static_cast<int>(reply.events.size()), 0);
  int next = 1;
  for (const ami::Packet& event : reply.events) {
    push_headers(L, event);
    lua_rawseti(L, -2, next++);
  }
  lua_setfield(L, -2, "events");
  return 1;
}

// Variable = { NAME = "value" }: each is a variable of its own, quoted.
static bool add_variables(lua_State* L, ami::Action& action) {
  bool found = false;
  for (const char* name : {"Variable", "variable"}) {
    lua_getfield(L, 2, name);
    if (lua_istable(L, -1) && lua_objlen(L, -1) == 0) {
      found = true;
      args::each_pair(L, lua_gettop(L),
                      [&](std::string_view variable, std::string_view value) { action.variable(variable, value); });
    }
    lua_pop(L, 1);
  }
  return found;
}

static int ami_action(lua_State* L) {
  Task& task = Task::require(L, "ami.action");
  ami::Action action{std::string(args::string(L, 1))};
  if (!lua_isnoneornil(L, 2)) {
    args::table(L, 2);
    bool named_variables = add_variables(L, action);
    // each_pair takes flat tables only, so it walks a copy without the variables.
    if (named_variables) {
      lua_newtable(L);
      lua_pushnil(L);
      while (lua_next(L, 2)) {
        bool variables = lua_istable(L, -1) && lua_objlen(L, -1) == 0;
        if (variables) {
          lua_pop(L, 1);
          continue;
        }
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, -4);
      }
      lua_replace(L, 2);
    }
    args::each_pair(L, 2, [&](std::string_view header, std::string_view value) { action.add(header, value); });
  }
  std::string node = args::field_string(L, 3, "node").value_or("");
  std::uint64_t timeout_ms = patience_ms(task);
  if (auto seconds = args::field_number(L, 3, "timeout"); seconds && *seconds > 0) {
    timeout_ms = std::min(timeout_ms, static_cast<std::uint64_t>(std::max(1.0, *seconds * 1000)));
  }
  if (auto valid = action.check(); !valid) return script::push_error(L, valid.error());
  Services& lane = services(L);
  if (!lane.hub) return script::push_error(L, base::unavailable("no asterisk node is configured"));
  auto resume = task.resumer();
  return task.suspend(lane.hub->send(*lane.loop, std::move(node), std::move(action), timeout_ms,
                                     [resume](Result<ami::Reply> reply) {
                                       resume([reply = std::move(reply)](lua_State* co) {
                                         return script::push_result(co, reply, push_reply);
                                       });
                                     }));
}

static int ami_nodes(lua_State* L) {
  lua_newtable(L);
  Services& lane = services(L);
  if (!lane.hub) return 1;
  int next = 1;
  for (const ami::NodeStatus& node : lane.hub->nodes()) {
    lua_createtable(L, 0, 6);
    script::set_field(L, "node", std::string_view(node.node));
    script::set_field(L, "state", ami::name(node.state));
    script::set_field(L, "synced", node.synced);
    script::set_field(L, "since", static_cast<long long>(node.since));
    if (!node.error.empty()) script::set_field(L, "error", std::string_view(node.error));
    if (!node.version.empty()) script::set_field(L, "version", std::string_view(node.version));
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

void open_ami(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"action", ami_action}, {"nodes", ami_nodes}, {nullptr, nullptr}};
  open_module(L, "ami", functions);
}

}  // namespace host::bind
