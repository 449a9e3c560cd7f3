// The modules `ami` and `calls` in a real task: jobs of a generation, the hub, and a
// scripted manager.
#include <optional>

#include "ami/fake.h"
#include "ami/hub.h"
#include "base/log.h"
#include "bind/bind.h"
#include "loop/timer.h"
#include "script/generation.h"
#include "unit/ami_support.h"

using namespace host;
using support::turn_until;

namespace {

ami::Packet listed(std::string_view name, std::string_view uniqueid, std::string_view account) {
  return {{"Event", "CoreShowChannel"}, {"Channel", name},         {"ChannelState", "6"},
          {"ChannelStateDesc", "Up"},   {"AccountCode", account},  {"Uniqueid", uniqueid},
          {"Linkedid", uniqueid},       {"Application", "Dial"},   {"Duration", "00:01:00"}};
}

struct Setup {
  Setup() {
    base::log::configure({base::log::Level::error, false, 2});
    auto opened = ami::Fake::open(loop);
    REQUIRE(opened);
    fake = *std::move(opened);
    fake->set_list("CoreShowChannels", {listed("PJSIP/100-DEMO-00000001", "1.1", "DEMO"),
                                        listed("PJSIP/100-NORTH-00000002", "2.1", "NORTH")});
    ami::NodeSettings node;
    node.node = "srv02";
    node.port = fake->port();
    node.username = "patchbay";
    node.secret = "fake";
    hub = std::make_unique<ami::Hub>(std::vector<ami::NodeSettings>{node});
    hub->start();
    REQUIRE(turn_until(loop, [&] { return hub->nodes()[0].synced; }));
    services.loop = &loop;
    services.deadlines = &deadlines;
    services.hub = hub.get();
  }

  // The body of a job; "" when it ran to its end, else what went wrong. `assert` works.
  std::string run(const std::string& body) {
    script::ScriptSet scripts;
    scripts.scripts["jobs/test.lua"] = {
        "test.lua",
        "local ami = require 'ami' local calls = require 'calls' local task = require 'task'\n"
        "local function is(got, wanted) if got ~= wanted then error(tostring(got) .. ' is not ' .. "
        "tostring(wanted), 2) end end\n"
        "job { name = 'test', run = function() local _ = ami, calls, task, is\n" + body + "\nend }\n"};
    script::Setup setup;
    setup.loop = &loop;
    setup.deadlines = &deadlines;
    setup.open_modules = [this](lua_State* L) {
      bind::set_services(L, &services);
      bind::open_ami(L);
      bind::open_calls(L);
      bind::open_task(L);
    };
    auto generation = script::Generation::build(scripts, 1, std::move(setup));
    if (!generation) return generation.error().message;
    std::optional<base::Result<void>> outcome;
    auto pending = (*generation)->run_job("test", nullptr, [&](base::Result<void> result) { outcome = std::move(result); });
    REQUIRE(turn_until(loop, [&] { return outcome.has_value(); }));
    return *outcome ? "" : outcome->error().message;
  }

  loop::Loop loop;
  loop::Deadlines deadlines{loop};
  std::unique_ptr<ami::Fake> fake;
  std::unique_ptr<ami::Hub> hub;
  bind::Services services;
};

}  // namespace

TEST_CASE("ami.action gives the reply, its list and its output") {
  Setup t;
  t.fake->expect("DBGetTree", {{"Family", "DND"}})
      .list({ami::Packet{{"Event", "DBGetTreeResponse"}, {"Key", "/DND/1"}, {"Val", "on"}}}, "DBGetTreeComplete");
  t.fake->expect("Command").raw(
      "Response: Success\r\nActionID: {id}\r\nMessage: Command output follows\r\nOutput: a\r\nOutput: \r\nOutput: b\r\n\r\n");
  REQUIRE(t.run(R"lua(
    local reply, err = ami.action("DBGetTree", { Family = "DND" })
    assert(reply, err and err.message)
    is(reply.response, "Success") is(reply.node, "srv02") is(#reply.events, 1)
    is(reply.events[1].Key, "/DND/1") is(reply.events[1].Val, "on") is(reply.fields.EventList, "start")
    reply = assert(ami.action("Command", { Command = "core show version" }))
    is(reply.output, "a\n\nb") is(reply.message, "Command output follows")
  )lua") == "");
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("ami.action says what went wrong by code") {
  Setup t;
  t.fake->expect("Redirect").error("Channel does not exist: X");
  t.fake->expect("DBGet").silence();
  REQUIRE(t.run(R"lua(
    local reply, err = ami.action("Redirect", { Channel = "X" })
    is(reply, nil) is(err.code, "refused") is(err.message, "Channel does not exist: X")
    reply, err = ami.action("DBPut", { Val = "x\r\nAction: Logoff" })
    is(reply, nil) is(err.code, "invalid")
    reply, err = ami.action("DBGet", {}, { node = "nowhere" })
    is(err.code, "not_found")
    reply, err = ami.action("DBGet", {}, { timeout = 0.05 })
    is(err.code, "timeout")
    reply, err = ami.action("Logoff")
    is(err.code, "denied")
  )lua") == "");
  REQUIRE(t.fake->received().size() == 2);
}

TEST_CASE("ami.action sends lists of headers and quotes variables") {
  Setup t;
  t.fake->expect("Originate", {{"Variable", "NAME=Rossi\\, M"}, {"Channel", "PJSIP/100-DEMO"}}).success("queued");
  t.fake->expect("Originate", {{"Variable", "A=1"}}).success("queued");
  REQUIRE(t.run(R"lua(
    assert(ami.action("Originate", { Channel = "PJSIP/100-DEMO", Variable = { NAME = "Rossi, M" } }))
    assert(ami.action("Originate", { Variable = { "A=1", "B=2" } }))
    local reply, err = ami.action("Originate", { Variable = { ["SHELL(id)"] = "1" } })
    is(err.code, "invalid")
  )lua") == "");
  REQUIRE(t.fake->received()[1].all("Variable").size() == 2);
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("ami.nodes tells the state of each node") {
  Setup t;
  REQUIRE(t.run(R"lua(
    local nodes = ami.nodes()
    is(#nodes, 1) is(nodes[1].node, "srv02") is(nodes[1].state, "up") is(nodes[1].synced, true)
    is(nodes[1].version, "Asterisk Call Manager/11.0.0") is(nodes[1].error, nil)
  )lua") == "");
}

TEST_CASE("calls.channels and count show the scope and nothing else") {
  Setup t;
  REQUIRE(t.run(R"lua(
    is(#calls.channels(), 2) is(calls.count().channels, 2)
    task.scope("DEMO")
    local list = calls.channels()
    is(#list, 1)
    local it = list[1]
    is(it.name, "PJSIP/100-DEMO-00000001") is(it.tenant, "DEMO") is(it.peer, "100-DEMO")
    is(it.state, 6) is(it.state_text, "Up") is(it.application, "Dial") is(it.node, "srv02")
    assert(it.duration >= 60 and it.answered)
    is(#calls.channels { peer = "100-NORTH" }, 0) is(#calls.channels { uniqueid = "1.1" }, 1)
    is(calls.count().calls, 1) is(calls.count().nodes.srv02.channels, 1)
  )lua") == "");
}

TEST_CASE("calls shows contacts, states, queues, parked calls and registrations of the scope") {
  Setup t;
  t.fake->set_list("PJSIPShowContacts",
                   {ami::Packet{{"Event", "ContactList"}, {"ObjectName", "100-DEMO;@1"}, {"Endpoint", "100-DEMO"},
                                {"Uri", "sip:100-DEMO@127.0.0.1:5100;transport=udp"}, {"Status", "Reachable"},
                                {"RoundtripUsec", "329"}, {"UserAgent", "Lab/1"}, {"ViaAddr", "127.0.0.1"}, {"ViaPort", "5199"}},
                    ami::Packet{{"Event", "ContactList"}, {"ObjectName", "100-NORTH;@1"}, {"Endpoint", "100-NORTH"},
                                {"Uri", "sip:100-NORTH@[::1]:5101"}, {"Status", "Reachable"}}});
  t.fake->set_list("DeviceStateList", {ami::Packet{{"Event", "DeviceStateChange"}, {"Device", "PJSIP/100-DEMO"}, {"State", "INUSE"}},
                                       ami::Packet{{"Event", "DeviceStateChange"}, {"Device", "PJSIP/100-NORTH"}, {"State", "INUSE"}}});
  t.fake->set_list("QueueStatus", {ami::Packet{{"Event", "QueueParams"}, {"Queue", "12"}, {"Strategy", "ringall"}, {"Completed", "3"}},
                                   ami::Packet{{"Event", "QueueMember"}, {"Queue", "12"}, {"Location", "PJSIP/100-DEMO"}, {"Paused", "1"}}});
  t.fake->set_list("ParkedCalls", {ami::Packet{{"Event", "ParkedCall"}, {"Parkinglot", "default"}, {"ParkingSpace", "701"},
                                               {"ParkeeChannel", "PJSIP/100-DEMO-00000001"}, {"ParkeeUniqueid", "1.1"}}});
  t.fake->set_list("PJSIPShowRegistrationsOutbound",
                   {ami::Packet{{"Event", "OutboundRegistrationDetail"}, {"ObjectName", "trunk1-DEMO"}, {"Status", "Registered"},
                                {"ClientUri", "sip:me@10.0.0.1"}, {"ServerUri", "sip:10.0.0.1:5060"}}});
  t.fake->hang_up_all();
  REQUIRE(turn_until(t.loop, [&] { return t.hub->registrations({true, ""}).size() == 1 && t.hub->nodes()[0].synced; }));
  REQUIRE(t.run(R"lua(
    task.scope("DEMO")
    local contacts = calls.contacts()
    is(#contacts, 1) is(contacts[1].ip, "127.0.0.1") is(contacts[1].port, 5100) is(contacts[1].rtt_us, 329)
    is(contacts[1].user_agent, "Lab/1") is(contacts[1].address, "127.0.0.1:5199") is(#calls.contacts("100-NORTH"), 0)
    is(calls.device_state("PJSIP/100-DEMO"), "INUSE") is(calls.device_state("PJSIP/100-NORTH"), "UNKNOWN")
    local queue = calls.queues("12")[1]
    is(queue.strategy, "ringall") is(queue.completed, 3) is(queue.members[1].paused, true) is(#queue.callers, 0)
    is(calls.parked()[1].space, "701") is(calls.registrations()[1].username, "me")
  )lua") == "");
  REQUIRE(t.run(R"lua(
    task.scope("NORTH")
    is(calls.contacts()[1].ip, "::1") is(#calls.parked(), 0) is(#calls.registrations(), 0)
    is(#calls.queues("12")[1].members, 0)
  )lua") == "");
}

TEST_CASE("calls.originate queues a call with an id of its own") {
  Setup t;
  t.fake->expect("Originate", {{"Channel", "Local/100@originate"}, {"Context", "authenticated"}, {"Exten", "101"},
                               {"Priority", "1"}, {"Timeout", "30000"}, {"Account", "DEMO"}, {"Async", "true"},
                               {"Variable", "NAME=a\\,b"}})
      .success("Originate successfully queued");
  REQUIRE(t.run(R"lua(
    task.scope("DEMO")
    local queued, err = calls.originate { channel = "Local/100@originate", context = "authenticated",
      exten = "101", timeout = 30, variables = { NAME = "a,b" } }
    assert(queued, err and err.message)
    is(queued.message, "Originate successfully queued") is(queued.node, "srv02") assert(#queued.id > 10)
    queued, err = calls.originate { channel = "PJSIP/100-NORTH", context = "x", exten = "1" }
    is(queued, nil) is(err.code, "denied")
    queued, err = calls.originate { channel = "Local/1@x", account = "NORTH", context = "x", exten = "1" }
    is(err.code, "denied")
    queued, err = calls.originate { channel = "Local/1@x\r\nAction: x", context = "x", exten = "1" }
    is(err.code, "invalid")
    queued, err = calls.originate { channel = "Local/1@x", context = "x", exten = "1", variables = { ["SHELL(id)"] = "x" } }
    is(err.code, "invalid")
  )lua") == "");
  REQUIRE(t.fake->problems().empty());
  REQUIRE_FALSE(t.fake->received().back().get("ChannelId").empty());
}

TEST_CASE("calls.hangup ends one channel of the scope") {
  Setup t;
  t.fake->expect("Hangup", {{"Channel", "PJSIP/100-DEMO-00000001"}, {"Cause", "16"}}).success("Channel Hungup");
  REQUIRE(t.run(R"lua(
    task.scope("DEMO")
    is(calls.hangup("PJSIP/100-DEMO-00000001", 16), "Channel Hungup")
    for _, name in ipairs { "PJSIP/100-NORTH-00000002", "/PJSIP/", "nobody" } do
      local message, err = calls.hangup(name)
      is(message, nil) is(err.code, "not_found")
    end
  )lua") == "");
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("calls cannot be made while scripts load") {
  Setup t;
  script::ScriptSet scripts;
  scripts.scripts["jobs/test.lua"] = {"test.lua", "require('calls').channels()"};
  script::Setup setup;
  setup.loop = &t.loop;
  setup.deadlines = &t.deadlines;
  setup.open_modules = [&t](lua_State* L) {
    bind::set_services(L, &t.services);
    bind::open_calls(L);
  };
  auto generation = script::Generation::build(scripts, 1, std::move(setup));
  REQUIRE_FALSE(generation);
  REQUIRE(generation.error().message.find("calls.channels cannot be called while scripts load") != std::string::npos);
}
