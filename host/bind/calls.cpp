// Lua module `calls`: live state of all nodes, and call control. Every read is cut to
// the scope of the task that asks.
#include <time.h>

#include <algorithm>
#include <cstdio>

#include "ami/hub.h"
#include "base/text.h"
#include "bind/bind.h"
#include "bind/patience.h"
#include "script/args.h"
#include "script/push.h"
#include "script/task.h"

namespace host::bind {

namespace args = script::args;
using base::Result;
using script::Task;
using script::set_field;

// The task's scope as the hub's; raises when no surface has set one.
static ami::Sight sight_of(lua_State* L, Task& task, const char* what) {
  const script::Scope& scope = task.scope();
  if (!scope.known) luaL_error(L, "%s before task.scope: whose calls?", what);
  return {scope.everything, scope.tenant};
}

static void set_text(lua_State* L, const char* name, const std::string& value) {
  set_field(L, name, std::string_view(value));
}

static void set_number(lua_State* L, const char* name, std::int64_t value) {
  set_field(L, name, static_cast<long long>(value));
}

static void push_channel(lua_State* L, const ami::Channel& channel, std::int64_t now) {
  lua_createtable(L, 0, 24);
  set_text(L, "node", channel.node);
  set_text(L, "name", channel.name);
  set_text(L, "uniqueid", channel.uniqueid);
  set_text(L, "linkedid", channel.linkedid);
  set_text(L, "tenant", channel.tenant);
  set_text(L, "peer", channel.peer);
  set_number(L, "state", channel.state);
  set_text(L, "state_text", channel.state_text);
  set_text(L, "caller_number", channel.caller_number);
  set_text(L, "caller_name", channel.caller_name);
  set_text(L, "connected_number", channel.connected_number);
  set_text(L, "connected_name", channel.connected_name);
  set_text(L, "context", channel.context);
  set_text(L, "exten", channel.exten);
  set_text(L, "priority", channel.priority);
  set_text(L, "application", channel.application);
  set_text(L, "data", channel.data);
  set_text(L, "account", channel.account);
  set_text(L, "bridge", channel.bridge);
  set_field(L, "on_hold", channel.on_hold);
  set_number(L, "created", channel.created);
  if (channel.answered != 0) set_number(L, "answered", channel.answered);
  set_number(L, "duration", std::max<std::int64_t>(0, now - channel.created));
}

template <typename List, typename Push>
static int push_list(lua_State* L, const List& list, Push push) {
  luaL_checkstack(L, 8, "calls");
  lua_createtable(L, static_cast<int>(list.size()), 0);
  int next = 1;
  for (const auto& item : list) {
    push(item);
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

static int calls_channels(lua_State* L) {
  Task& task = Task::require(L, "calls.channels");
  ami::Sight sight = sight_of(L, task, "calls.channels");
  ami::ChannelFilter filter;
  filter.node = args::field_string(L, 1, "node").value_or("");
  filter.name = args::field_string(L, 1, "name").value_or("");
  filter.uniqueid = args::field_string(L, 1, "uniqueid").value_or("");
  filter.linkedid = args::field_string(L, 1, "linkedid").value_or("");
  filter.peer = args::field_string(L, 1, "peer").value_or("");
  ami::Hub* hub = services(L).hub;
  auto channels = hub ? hub->channels(sight, filter) : std::vector<ami::Channel>();
  std::int64_t now = ::time(nullptr);
  return push_list(L, channels, [&](const ami::Channel& channel) { push_channel(L, channel, now); });
}

static int calls_count(lua_State* L) {
  Task& task = Task::require(L, "calls.count");
  ami::Sight sight = sight_of(L, task, "calls.count");
  ami::Hub* hub = services(L).hub;
  auto counts = hub ? hub->count(sight) : std::vector<ami::Count>();
  std::size_t channels = 0, calls = 0;
  lua_createtable(L, 0, 3);
  lua_createtable(L, 0, static_cast<int>(counts.size()));
  for (const ami::Count& count : counts) {
    channels += count.channels;
    calls += count.calls;
    script::push_string(L, count.node);
    lua_createtable(L, 0, 2);
    set_number(L, "channels", static_cast<std::int64_t>(count.channels));
    set_number(L, "calls", static_cast<std::int64_t>(count.calls));
    lua_rawset(L, -3);
  }
  lua_setfield(L, -2, "nodes");
  set_number(L, "channels", static_cast<std::int64_t>(channels));
  set_number(L, "calls", static_cast<std::int64_t>(calls));
  return 1;
}

static int calls_device_state(lua_State* L) {
  Task& task = Task::require(L, "calls.device_state");
  ami::Sight sight = sight_of(L, task, "calls.device_state");
  std::string device(args::string(L, 1));
  ami::Hub* hub = services(L).hub;
  std::string state;
  bool shown = sight.everything || ami::tenant_of_device(device) == sight.tenant;
  if (hub && shown) state = hub->device_state(device);
  return script::push_string(L, state.empty() ? std::string_view("UNKNOWN") : std::string_view(state));
}

struct Place {
  std::string ip;
  long long port = 5060;
};

// Host and port of "sip:100-DEMO@127.0.0.1:5100;transport=udp" and "sip:100@[::1]:5060".
static Place place_of(std::string_view uri) {
  std::size_t at = uri.rfind('@');
  uri.remove_prefix(at == std::string_view::npos ? std::min(uri.size(), uri.find(':') + 1) : at + 1);
  uri = uri.substr(0, uri.find_first_of(";>?"));
  std::size_t colon = uri.rfind(':');
  Place place;
  if (!uri.empty() && uri.back() != ']' && colon != std::string_view::npos) {
    place.port = base::text::integer(uri.substr(colon + 1)).value_or(5060);
    uri = uri.substr(0, colon);
  }
  if (uri.size() > 2 && uri.front() == '[' && uri.back() == ']') uri = uri.substr(1, uri.size() - 2);
  place.ip = uri;
  return place;
}

static int calls_contacts(lua_State* L) {
  Task& task = Task::require(L, "calls.contacts");
  ami::Sight sight = sight_of(L, task, "calls.contacts");
  std::string endpoint(args::string(L, 1, ""));
  ami::Hub* hub = services(L).hub;
  auto contacts = hub ? hub->contacts(sight, endpoint) : std::vector<ami::Contact>();
  return push_list(L, contacts, [&](const ami::Contact& contact) {
    lua_createtable(L, 0, 12);
    set_text(L, "node", contact.node);
    set_text(L, "technology", contact.technology);
    set_text(L, "endpoint", contact.endpoint);
    set_text(L, "aor", contact.aor);
    set_text(L, "uri", contact.uri);
    set_text(L, "status", contact.status);
    if (contact.rtt_us >= 0) set_number(L, "rtt_us", contact.rtt_us);
    set_text(L, "user_agent", contact.user_agent);
    set_text(L, "address", contact.address);
    Place place = place_of(contact.uri);
    set_text(L, "ip", place.ip);
    set_number(L, "port", place.port);
    if (contact.expires != 0) set_number(L, "expires", contact.expires);
  });
}

static void push_member(lua_State* L, const ami::QueueMember& member) {
  lua_createtable(L, 0, 16);
  set_text(L, "interface", member.interface);
  set_text(L, "name", member.name);
  set_text(L, "state_interface", member.state_interface);
  set_text(L, "membership", member.membership);
  set_number(L, "penalty", member.penalty);
  set_number(L, "status", member.status);
  set_field(L, "paused", member.paused);
  set_text(L, "paused_reason", member.paused_reason);
  set_field(L, "in_call", member.in_call);
  set_number(L, "calls_taken", member.calls_taken);
  set_number(L, "last_call", member.last_call);
  set_number(L, "last_pause", member.last_pause);
  set_number(L, "login_time", member.login_time);
  set_number(L, "wrapup", member.wrapup);
}

static int calls_queues(lua_State* L) {
  Task& task = Task::require(L, "calls.queues");
  ami::Sight sight = sight_of(L, task, "calls.queues");
  std::string name(args::string(L, 1, ""));
  ami::Hub* hub = services(L).hub;
  auto queues = hub ? hub->queues(sight, name) : std::vector<ami::Queue>();
  std::int64_t now = ::time(nullptr);
  return push_list(L, queues, [&](const ami::Queue& queue) {
    lua_createtable(L, 0, 14);
    set_text(L, "node", queue.node);
    set_text(L, "name", queue.name);
    set_text(L, "tenant", queue.tenant);
    set_text(L, "strategy", queue.strategy);
    set_number(L, "calls", static_cast<std::int64_t>(queue.callers.size()));
    set_number(L, "max", queue.max);
    set_number(L, "weight", queue.weight);
    set_number(L, "completed", queue.completed);
    set_number(L, "abandoned", queue.abandoned);
    set_number(L, "holdtime", queue.holdtime);
    set_number(L, "talktime", queue.talktime);
    set_number(L, "service_level", queue.service_level);
    set_text(L, "service_level_percent", queue.service_level_percent);
    push_list(L, queue.members, [&](const ami::QueueMember& member) { push_member(L, member); });
    lua_setfield(L, -2, "members");
    push_list(L, queue.callers, [&](const ami::QueueCaller& caller) {
      lua_createtable(L, 0, 8);
      set_text(L, "uniqueid", caller.uniqueid);
      set_text(L, "channel", caller.channel);
      set_text(L, "caller_number", caller.caller_number);
      set_text(L, "caller_name", caller.caller_name);
      set_number(L, "position", caller.position);
      set_number(L, "since", caller.since);
      set_number(L, "wait", std::max<std::int64_t>(0, now - caller.since));
    });
    lua_setfield(L, -2, "callers");
  });
}

static int calls_parked(lua_State* L) {
  Task& task = Task::require(L, "calls.parked");
  ami::Sight sight = sight_of(L, task, "calls.parked");
  ami::Hub* hub = services(L).hub;
  auto parked = hub ? hub->parked(sight) : std::vector<ami::Parked>();
  return push_list(L, parked, [&](const ami::Parked& call) {
    lua_createtable(L, 0, 14);
    set_text(L, "node", call.node);
    set_text(L, "lot", call.lot);
    set_text(L, "space", call.space);
    set_text(L, "tenant", call.tenant);
    set_text(L, "channel", call.channel);
    set_text(L, "uniqueid", call.uniqueid);
    set_text(L, "caller_number", call.caller_number);
    set_text(L, "caller_name", call.caller_name);
    set_text(L, "connected_number", call.connected_number);
    set_text(L, "connected_name", call.connected_name);
    set_text(L, "parker", call.parker);
    set_number(L, "since", call.since);
    set_number(L, "timeout", call.timeout);
  });
}

static int calls_registrations(lua_State* L) {
  Task& task = Task::require(L, "calls.registrations");
  ami::Sight sight = sight_of(L, task, "calls.registrations");
  ami::Hub* hub = services(L).hub;
  auto registrations = hub ? hub->registrations(sight) : std::vector<ami::Registration>();
  return push_list(L, registrations, [&](const ami::Registration& registration) {
    lua_createtable(L, 0, 8);
    set_text(L, "node", registration.node);
    set_text(L, "technology", registration.technology);
    set_text(L, "id", registration.id);
    set_text(L, "state", registration.state);
    set_text(L, "host", registration.host);
    set_text(L, "username", registration.username);
    set_number(L, "next", registration.next);
  });
}

// ---- call control -----------------------------------------------------------------

static int send(lua_State* L, Task& task, std::string node, ami::Action action,
                int (*push)(lua_State*, const ami::Reply&, const std::string&), std::string extra) {
  if (auto valid = action.check(); !valid) return script::push_error(L, valid.error());
  Services& lane = services(L);
  if (!lane.hub) return script::push_error(L, base::unavailable("no asterisk node is configured"));
  auto resume = task.resumer();
  std::uint64_t timeout_ms = patience_ms(task);
  return task.suspend(lane.hub->send(
      *lane.loop, std::move(node), std::move(action), timeout_ms,
      [resume, push, extra = std::move(extra)](Result<ami::Reply> reply) {
        resume([reply = std::move(reply), push, extra](lua_State* co) {
          if (!reply) return script::push_error(co, reply.error());
          return push(co, *reply, extra);
        });
      }));
}

static int push_queued(lua_State* L, const ami::Reply& reply, const std::string& id) {
  lua_createtable(L, 0, 4);
  set_field(L, "message", reply.response.get("Message"));
  set_text(L, "id", id);
  set_text(L, "node", reply.node);
  set_text(L, "action_id", reply.action_id);
  return 1;
}

static int push_message(lua_State* L, const ami::Reply& reply, const std::string&) {
  return script::push_string(L, reply.response.get("Message"));
}

// Unique over hosts and restarts; Asterisk leaks a channel when an id is used twice.
static std::string new_channel_id() {
  thread_local std::uint32_t count = 0;
  thread_local std::uint32_t origin = [] {
    timespec moment{};
    ::clock_gettime(CLOCK_REALTIME, &moment);
    return static_cast<std::uint32_t>(moment.tv_nsec) ^
           static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(&moment) >> 4);
  }();
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  char text[64];
  std::snprintf(text, sizeof text, "patchbay-%lld.%06ld%08x%x", static_cast<long long>(now.tv_sec),
                now.tv_nsec / 1000, origin, ++count);
  return text;
}

static bool plain_id(std::string_view id) {
  return !id.empty() && id.size() <= 100 &&
         id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") ==
             std::string_view::npos;
}

// A tenant names its own phones, or a Local channel into the dialplan, which knows the
// account; never another tenant's phone.
static bool may_name(const ami::Sight& sight, std::string_view channel) {
  if (sight.everything || channel.substr(0, 6) == "Local/") return true;
  std::string_view peer = channel.substr(std::min(channel.size(), channel.find('/') + 1));
  if (std::size_t at = peer.find('@'); at != std::string_view::npos) peer = peer.substr(at + 1);
  std::string_view tenant = ami::tenant_of_peer(peer.substr(0, peer.find('/')));
  return tenant.empty() || tenant == sight.tenant;
}

static int calls_originate(lua_State* L) {
  Task& task = Task::require(L, "calls.originate");
  ami::Sight sight = sight_of(L, task, "calls.originate");
  args::table(L, 1);
  auto field = [&](const char* name) { return args::field_string(L, 1, name).value_or(""); };
  std::string channel = field("channel"), account = field("account"), id = field("id");
  if (channel.empty()) return luaL_error(L, "calls.originate: no channel");
  if (!may_name(sight, channel)) {
    return script::push_error(L, {base::Code::denied, "channel: not of this tenant: " + channel});
  }
  if (!sight.everything) {
    if (account.empty()) account = sight.tenant;
    if (account != sight.tenant) {
      return script::push_error(L, {base::Code::denied, "account: not of this tenant: " + account});
    }
  }
  if (id.empty()) id = new_channel_id();
  if (!plain_id(id)) return script::push_error(L, base::invalid("id: not a channel id: " + id));

  ami::Action action("Originate");
  action.add("Channel", channel).add("ChannelId", id).add("Async", "true");
  std::string application = field("application"), exten = field("exten");
  if (!application.empty()) {
    action.add("Application", application).add("Data", field("data"));
  } else {
    std::string priority = field("priority");
    action.add("Context", field("context")).add("Exten", exten);
    action.add("Priority", priority.empty() ? "1" : priority);
  }
  if (std::string caller = field("caller"); !caller.empty()) action.add("CallerID", caller);
  if (!account.empty()) action.add("Account", account);
  if (auto seconds = args::field_number(L, 1, "timeout"); seconds && *seconds > 0) {
    action.add("Timeout", std::to_string(static_cast<long long>(std::min(*seconds, 86400.0) * 1000)));
  }
  lua_getfield(L, 1, "variables");
  if (!lua_isnil(L, -1)) {
    args::each_pair(L, lua_gettop(L),
                    [&](std::string_view name, std::string_view value) { action.variable(name, value); });
  }
  lua_pop(L, 1);
  return send(L, task, field("node"), std::move(action), push_queued, id);
}

static int calls_hangup(lua_State* L) {
  Task& task = Task::require(L, "calls.hangup");
  ami::Sight sight = sight_of(L, task, "calls.hangup");
  std::string name(args::string(L, 1));
  auto cause = lua_isnoneornil(L, 2) ? 0 : args::integer(L, 2);
  ami::Hub* hub = services(L).hub;
  auto channel = hub ? hub->channel(sight, name) : std::nullopt;
  if (!channel) return script::push_error(L, base::not_found("no such channel: " + name));
  ami::Action action("Hangup");
  action.add("Channel", channel->name);
  if (cause > 0) action.add("Cause", std::to_string(cause));
  return send(L, task, channel->node, std::move(action), push_message, "");
}

void open_calls(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"channels", calls_channels},
                                           {"count", calls_count},
                                           {"device_state", calls_device_state},
                                           {"contacts", calls_contacts},
                                           {"queues", calls_queues},
                                           {"parked", calls_parked},
                                           {"registrations", calls_registrations},
                                           {"originate", calls_originate},
                                           {"hangup", calls_hangup},
                                           {nullptr, nullptr}};
  open_module(L, "calls", functions);
}

}  // namespace host::bind
