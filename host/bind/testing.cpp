#include "bind/testing.h"

#include "ami/fake.h"
#include "base/text.h"
#include "bind/bind.h"
#include "script/args.h"
#include "script/push.h"
#include "script/task.h"

namespace host::bind {

namespace args = script::args;
using ami::Fake;

static constexpr char world_key = 0;  // its address is the registry key

static script::TestWorld& world(lua_State* L) {
  lua_pushlightuserdata(L, const_cast<char*>(&world_key));
  lua_rawget(L, LUA_REGISTRYINDEX);
  auto* found = static_cast<script::TestWorld*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return *found;
}

static int testing_world(lua_State* L) {
  script::TestWorld& test = world(L);
  lua_newtable(L);
  script::set_field(L, "url", std::string_view(test.url));
  script::set_field(L, "folder", std::string_view(test.folder));
  script::set_field(L, "key", std::string_view(test.key));
  script::set_field(L, "read_key", std::string_view(test.read_key));
  script::set_field(L, "other_key", std::string_view(test.other_key));
  script::set_field(L, "global_key", std::string_view(test.global_key));
  script::set_field(L, "global_read_key", std::string_view(test.global_read_key));
  script::set_field(L, "password", std::string_view(test.password));
  lua_newtable(L);
  for (std::size_t i = 0; i < test.tables.size(); ++i) {
    script::push_string(L, test.tables[i]);
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
  lua_setfield(L, -2, "tables");
  return 1;
}

static Fake::Headers headers_at(lua_State* L, int index) {
  Fake::Headers headers;
  if (lua_istable(L, index)) {
    args::each_pair(L, index, [&](std::string_view name, std::string_view value) {
      headers.emplace_back(name, value);
    });
  }
  return headers;
}

static ami::Packet packet_at(lua_State* L, int index) {
  ami::Packet packet;
  // The event's name leads, as on the wire.
  if (auto event = args::field_string(L, index, "Event")) packet.add("Event", *event);
  args::each_pair(L, index, [&](std::string_view name, std::string_view value) {
    if (name != "Event") packet.add(std::string(name), std::string(value));
  });
  return packet;
}

static std::vector<ami::Packet> packets_at(lua_State* L, int index) {
  std::vector<ami::Packet> packets;
  if (!lua_istable(L, index)) return packets;
  int count = static_cast<int>(lua_objlen(L, index));
  for (int i = 1; i <= count; ++i) {
    lua_rawgeti(L, index, i);
    packets.push_back(packet_at(L, lua_gettop(L)));
    lua_pop(L, 1);
  }
  return packets;
}

// testing.expect(action, headers, kind, argument, fields): one scripted step.
static int testing_expect(lua_State* L) {
  std::string action(args::string(L, 1));
  Fake::Step& step = world(L).fake->expect(action, headers_at(L, 2));
  std::string kind(args::string(L, 3, "success"));
  if (kind == "success") {
    step.success(std::string(args::string(L, 4, "")), headers_at(L, 5));
  } else if (kind == "error") {
    step.error(std::string(args::string(L, 4, "")));
  } else if (kind == "list") {
    step.list(packets_at(L, 5), std::string(args::string(L, 4)));
  } else if (kind == "silence") {
    step.silence();
  } else if (kind == "hang_up") {
    step.hang_up();
  } else {
    return luaL_error(L, "testing.expect: unknown kind of answer: %s", kind.c_str());
  }
  step.then(packets_at(L, 6));
  return 0;
}

static int testing_event(lua_State* L) {
  args::table(L, 1);
  world(L).fake->emit(packet_at(L, 1));
  return 0;
}

static int testing_hang_up(lua_State* L) {
  world(L).fake->hang_up_all();
  return 0;
}

static int testing_received(lua_State* L) {
  lua_newtable(L);
  int next = 1;
  for (const ami::Packet& packet : world(L).fake->received()) {
    lua_newtable(L);
    for (std::size_t i = 0; i < packet.size(); ++i) {
      script::push_string(L, packet[i].name);
      script::push_string(L, packet[i].value);
      lua_rawset(L, -3);
    }
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

static int testing_logged(lua_State* L) {
  lua_newtable(L);
  int next = 1;
  for (const std::string& line : world(L).logged()) {
    script::push_string(L, line);
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

// testing.fail_statement(n): the n-th statement or commit of a transaction fails, 0 for none. Returns
// what was left of the count before: 0 when that one has failed.
static int testing_fail_statement(lua_State* L) {
  long long count = args::integer(L, 1);
  if (count < 0) luaL_argerror(L, 1, "a count expected");
  lua_pushnumber(L, static_cast<double>(world(L).store->fail(static_cast<std::uint64_t>(count))));
  return 1;
}

// testing.lose_commit(n): the n-th commit of a transaction is done and answers that nobody knows, 0 for none.
static int testing_lose_commit(lua_State* L) {
  long long count = args::integer(L, 1);
  if (count < 0) luaL_argerror(L, 1, "a count expected");
  world(L).store->lose(static_cast<std::uint64_t>(count));
  return 0;
}

// testing.statements(): how many the host under test ran since the last call, {reads=, statements=}.
static int testing_statements(lua_State* L) {
  script::StoreProbe::Counts counts = world(L).store->counts();
  lua_newtable(L);
  script::set_field(L, "reads", static_cast<long long>(counts.reads));
  script::set_field(L, "statements", static_cast<long long>(counts.statements));
  return 1;
}

// testing.web(url, answer): {status=, headers=, body=}, or {error=, code=} when nothing comes back.
static int testing_web(lua_State* L) {
  std::string url(args::string(L, 1));
  args::table(L, 2);
  if (auto failure = args::field_string(L, 2, "error")) {
    std::string code = args::field_string(L, 2, "code").value_or("unavailable");
    base::Error error = code == "timeout" ? base::Error{base::Code::timeout, *failure} : base::unavailable(*failure);
    world(L).web->give(std::move(url), std::move(error));
    return 0;
  }
  http::ClientResponse response;
  response.status = static_cast<int>(args::field_number(L, 2, "status").value_or(200));
  response.body = args::field_string(L, 2, "body").value_or("");
  lua_getfield(L, 2, "headers");
  for (auto& [name, value] : headers_at(L, lua_gettop(L))) response.headers.push_back({base::text::lower(name), value});
  lua_pop(L, 1);
  world(L).web->give(std::move(url), std::move(response));
  return 0;
}

// testing.web_asked(): {{method=, url=, headers={}, body=}}, the oldest first.
static int testing_web_asked(lua_State* L) {
  lua_newtable(L);
  int next = 1;
  for (const http::ClientRequest& request : world(L).web->asked()) {
    lua_newtable(L);
    script::set_field(L, "method", std::string_view(request.method));
    script::set_field(L, "url", std::string_view(request.url));
    script::set_field(L, "body", std::string_view(request.body));
    lua_newtable(L);
    for (const auto& header : request.headers) script::set_field(L, base::text::lower(header.name).c_str(), std::string_view(header.value));
    lua_setfield(L, -2, "headers");
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

static int testing_web_unknown(lua_State* L) {
  lua_newtable(L);
  int next = 1;
  for (const std::string& line : world(L).web->unknown()) {
    script::push_string(L, line);
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

// testing.document(path[, text]): keeps the text for the files that follow with the same scripts, or returns it, or nil.
static int testing_document(lua_State* L) {
  std::string path(args::string(L, 1));
  auto& documents = *world(L).documents;
  if (!lua_isnoneornil(L, 2)) {
    documents[std::move(path)] = args::string(L, 2);
    return 0;
  }
  auto found = documents.find(path);
  if (found == documents.end()) return 0;
  script::push_string(L, found->second);
  return 1;
}

static int testing_web_forget(lua_State* L) {
  world(L).web->forget();
  return 0;
}

// testing.helper(words, answer): {code=, out=, err=, cut=}, or {error=, code="timeout"} when nothing comes back.
static int testing_helper(lua_State* L) {
  std::string words(args::string(L, 1));
  args::table(L, 2);
  if (auto failure = args::field_string(L, 2, "error")) {
    bool late = args::field_string(L, 2, "code").value_or("") == "timeout";
    world(L).helpers->give(std::move(words), base::Error{late ? base::Code::timeout : base::Code::unavailable, *failure});
    return 0;
  }
  loop::Ended ended;
  ended.code = static_cast<int>(args::field_number(L, 2, "code").value_or(0));
  ended.out = args::field_string(L, 2, "out").value_or("");
  ended.err = args::field_string(L, 2, "err").value_or("");
  ended.cut = args::field_boolean(L, 2, "cut", false);
  world(L).helpers->give(std::move(words), std::move(ended));
  return 0;
}

// testing.helper_asked(): {{name=, args={}, input=}}, the oldest first.
static int testing_helper_asked(lua_State* L) {
  lua_newtable(L);
  int next = 1;
  for (const script::HelperCall& call : world(L).helpers->asked()) {
    lua_newtable(L);
    script::set_field(L, "name", std::string_view(call.name));
    script::set_field(L, "input", std::string_view(call.input));
    lua_newtable(L);
    for (std::size_t i = 0; i < call.args.size(); ++i) {
      script::push_string(L, call.args[i]);
      lua_rawseti(L, -2, static_cast<int>(i + 1));
    }
    lua_setfield(L, -2, "args");
    lua_rawseti(L, -2, next++);
  }
  return 1;
}

static int testing_helper_forget(lua_State* L) {
  world(L).helpers->forget();
  return 0;
}

// testing.settings(json): waits for the reload; true, or nil and what was wrong.
static int testing_settings(lua_State* L) {
  script::Task& task = script::Task::require(L, "testing.settings");
  std::string json(args::string(L, 1));
  auto resume = task.resumer();
  world(L).settings(std::move(json), [resume](std::string outcome) {
    resume([outcome = std::move(outcome)](lua_State* co) {
      if (outcome.find("\"ok\":true") != std::string::npos) {
        lua_pushboolean(co, 1);
        return 1;
      }
      return script::push_error(co, base::invalid(outcome));
    });
  });
  return task.suspend({});
}

void open_testing(lua_State* L, script::TestWorld& test) {
  lua_pushlightuserdata(L, const_cast<char*>(&world_key));
  lua_pushlightuserdata(L, &test);
  lua_rawset(L, LUA_REGISTRYINDEX);
  static constexpr luaL_Reg functions[] = {
      {"world", testing_world}, {"expect", testing_expect},     {"event", testing_event},
      {"hang_up", testing_hang_up}, {"received", testing_received},
      {"logged", testing_logged}, {"document", testing_document}, {"fail_statement", testing_fail_statement},
      {"lose_commit", testing_lose_commit},
      {"statements", testing_statements}, {"web", testing_web}, {"web_asked", testing_web_asked},
      {"web_unknown", testing_web_unknown}, {"web_forget", testing_web_forget}, {"settings", testing_settings},
      {"helper", testing_helper}, {"helper_asked", testing_helper_asked}, {"helper_forget", testing_helper_forget},
      {nullptr, nullptr}};
  open_module(L, "testing", functions);
}

}  // namespace host::bind
