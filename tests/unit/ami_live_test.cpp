#include "ami/live.h"

#include "unit/ami_support.h"

using namespace host::ami;
using support::packets;
using support::recording;

static constexpr std::int64_t now = 1795300000;

// Applies events until one is of `last`; the rest stay in `stream`.
static void apply_through(Live& live, std::vector<Packet>& stream, std::string_view last) {
  while (!stream.empty()) {
    Packet packet = std::move(stream.front());
    stream.erase(stream.begin());
    live.apply(packet, now);
    if (packet.get("Event") == last) return;
  }
  FAIL("no such event");
}

TEST_CASE("the peer of a channel is its name without technology and number") {
  REQUIRE(peer_of("PJSIP/100-DEMO-00000014") == "100-DEMO");
  REQUIRE(peer_of("PJSIP/trunk1-0000001b") == "trunk1");
  REQUIRE(peer_of("Local/103@tenant-DEMO-00000002;1") == "103@tenant-DEMO");
  REQUIRE(peer_of("PJSIP/100-DEMO") == "100-DEMO");
  REQUIRE(peer_of("nonsense") == "");
  REQUIRE(tenant_of_peer("100-DEMO") == "DEMO");
  REQUIRE(tenant_of_peer("trunk1") == "");
}

TEST_CASE("an answered call is two bridged channels, then nothing") {
  Live live("srv02");
  auto stream = packets(recording("call_answered"));
  apply_through(live, stream, "DialBegin");
  const Channel* caller = live.channel("PJSIP/100-DEMO-0000004e");
  const Channel* called = live.channel("PJSIP/101-DEMO-0000004f");
  REQUIRE(caller);
  REQUIRE(called);
  REQUIRE(caller->state_text == "Ring");
  REQUIRE(caller->application == "Dial");
  REQUIRE(caller->data == "PJSIP/101-DEMO");
  REQUIRE(caller->exten == "101");
  REQUIRE(caller->answered == 0);
  REQUIRE(called->application == "AppDial");
  REQUIRE(called->linkedid == caller->uniqueid);

  apply_through(live, stream, "BridgeEnter");
  apply_through(live, stream, "BridgeEnter");
  REQUIRE(live.channels().size() == 2);
  caller = live.channel(caller->uniqueid);
  REQUIRE(caller);
  REQUIRE(caller->node == "srv02");
  REQUIRE(caller->peer == "100-DEMO");
  REQUIRE(caller->account == "DEMO");
  REQUIRE(caller->state == 6);
  REQUIRE(caller->state_text == "Up");
  REQUIRE(caller->caller_number == "100");
  REQUIRE(caller->caller_name == "User 100");
  REQUIRE(caller->connected_number == "101");
  REQUIRE(caller->answered == now);
  REQUIRE(std::to_string(caller->created) == caller->uniqueid.substr(0, caller->uniqueid.find('.')));
  REQUIRE_FALSE(caller->bridge.empty());
  REQUIRE(caller->bridge == live.channel("PJSIP/101-DEMO-0000004f")->bridge);
  REQUIRE(live.bridges().size() == 1);
  REQUIRE(live.bridges().begin()->second.value.channels == 2);

  for (const Packet& packet : stream) live.apply(packet, now);
  REQUIRE(live.channels().empty());
  REQUIRE(live.bridges().empty());
  REQUIRE(live.devices().at("PJSIP/100-DEMO").value == "NOT_INUSE");
}

TEST_CASE("an attended transfer leaves the two who talk") {
  Live live("n");
  REQUIRE(replay(live, recording("attended_transfer"), now) > 40);
  REQUIRE(live.channels().size() == 2);
  const Channel* left = live.channel("PJSIP/101-DEMO-00000067");
  const Channel* right = live.channel("PJSIP/103-DEMO-00000069");
  REQUIRE(left);
  REQUIRE(right);
  REQUIRE(left->bridge == right->bridge);
  REQUIRE(left->bridge == "86e7cdc2-0466-4737-b695-0c4c04001379");
  REQUIRE(left->linkedid == right->linkedid);
  REQUIRE_FALSE(left->on_hold);
  REQUIRE(live.bridges().size() == 1);
}

TEST_CASE("a blind transfer moves one leg to a new bridge") {
  Live live("n");
  replay(live, recording("blind_transfer"), now);
  REQUIRE(live.channels().size() == 2);
  REQUIRE(live.channel("PJSIP/100-DEMO-00000061") == nullptr);
  REQUIRE(live.channel("PJSIP/101-DEMO-00000062")->bridge == live.channel("PJSIP/103-DEMO-00000063")->bridge);
}

TEST_CASE("a transfer through local channels leaves nothing behind") {
  Live live("n");
  replay(live, recording("atxfer_complete"), now);
  REQUIRE(live.channels().empty());
  REQUIRE(live.bridges().empty());
}

static Packet channel_event(std::string_view event, std::string_view name, std::string_view uniqueid,
                            std::string_view linkedid, std::string_view account = "") {
  return {{"Event", event},      {"Channel", name},      {"ChannelState", "4"},
          {"AccountCode", account}, {"Uniqueid", uniqueid}, {"Linkedid", linkedid}};
}

TEST_CASE("a channel's tenant is its account, else its peer's, else its call's") {
  Live live("n");
  live.apply(channel_event("Newchannel", "PJSIP/100-DEMO-00000001", "1.1", "1.1", "NORTH"), now);
  REQUIRE(live.tenant(*live.channel("1.1")) == "NORTH");
  live.apply(channel_event("Newchannel", "PJSIP/100-DEMO-00000002", "2.1", "2.1"), now);
  REQUIRE(live.tenant(*live.channel("2.1")) == "DEMO");
  live.apply(channel_event("Newchannel", "PJSIP/trunk1-00000003", "2.2", "2.1"), now);
  REQUIRE(live.tenant(*live.channel("2.2")) == "DEMO");
  live.apply(channel_event("Newchannel", "Local/103@from-internal-00000004;1", "2.3", "2.1"), now);
  REQUIRE(live.tenant(*live.channel("2.3")) == "DEMO");
  live.apply(channel_event("Newchannel", "Local/103@from-internal-00000005;1", "5.1", "5.1"), now);
  REQUIRE(live.tenant(*live.channel("5.1")) == "");
  // The call is over: its tenant must not stick to the number.
  for (const char* uniqueid : {"2.1", "2.2", "2.3"}) live.apply(channel_event("Hangup", "", uniqueid, "2.1"), now);
  live.apply(channel_event("Newchannel", "PJSIP/trunk1-00000006", "2.9", "2.1"), now);
  REQUIRE(live.tenant(*live.channel("2.9")) == "");
}

TEST_CASE("an event belongs to the tenant of what it is about") {
  Live live("n");
  live.apply(channel_event("Newchannel", "PJSIP/100-DEMO-00000002", "2.1", "2.1"), now);
  REQUIRE(live.tenant(Packet{{"Event", "Hangup"}, {"Uniqueid", "2.1"}}) == "DEMO");
  REQUIRE(live.tenant(Packet{{"Event", "DeviceStateChange"}, {"Device", "PJSIP/100-NORTH"}}) == "NORTH");
  REQUIRE(live.tenant(Packet{{"Event", "DeviceStateChange"}, {"Device", "Queue:9200-NORTH_avail"}}) == "NORTH");
  REQUIRE(live.tenant(Packet{{"Event", "MessageWaiting"}, {"Mailbox", "105@DEMO"}}) == "DEMO");
  REQUIRE(live.tenant(Packet{{"Event", "Reload"}, {"Module", "All"}}) == "");
}

TEST_CASE("a renamed channel is found by its new name only") {
  Live live("n");
  live.apply(channel_event("Newchannel", "PJSIP/100-DEMO-00000001", "1.1", "1.1"), now);
  live.apply(Packet{{"Event", "Rename"}, {"Channel", "PJSIP/100-DEMO-00000001"},
                    {"Newname", "PJSIP/101-DEMO-00000001"}, {"Uniqueid", "1.1"}}, now);
  REQUIRE(live.channel("PJSIP/100-DEMO-00000001") == nullptr);
  REQUIRE(live.channel("PJSIP/101-DEMO-00000001"));
  REQUIRE(live.channel("1.1")->peer == "101-DEMO");
}

TEST_CASE("the end of a dial after the hangup brings no channel back") {
  Live live("n");
  live.apply(channel_event("Newchannel", "PJSIP/100-DEMO-00000001", "1.1", "1.1"), now);
  live.apply(channel_event("Hangup", "PJSIP/100-DEMO-00000001", "1.1", "1.1"), now);
  live.apply(Packet{{"Event", "DialEnd"}, {"Uniqueid", "1.1"}, {"DestUniqueid", "1.2"},
                    {"Channel", "PJSIP/100-DEMO-00000001"}, {"DestChannel", "PJSIP/101-DEMO-00000002"}}, now);
  live.apply(Packet{{"Event", "BridgeLeave"}, {"Uniqueid", "1.1"}, {"BridgeUniqueid", "b"}}, now);
  live.apply(Packet{{"Event", "Newstate"}, {"Channel", "PJSIP/9-X-00000001"}}, now);
  REQUIRE(live.channels().empty());
  REQUIRE(live.bridges().empty());
}
