#include "unit/ami_support.h"

using namespace host::ami;
using support::packets;
using support::recording;

static constexpr std::int64_t now = 1795300000;

// The items of the first list whose items are `kind`.
static std::vector<Packet> items(const std::string& name, std::string_view kind) {
  std::vector<Packet> out;
  for (Packet& packet : packets(recording(name))) {
    if (packet.get("Event") == kind) out.push_back(std::move(packet));
  }
  return out;
}

static Packet channel(std::string_view event, std::string_view uniqueid, std::string_view state = "4") {
  return {{"Event", event}, {"Channel", std::string("PJSIP/1-X-0000000").append(uniqueid.substr(2))},
          {"ChannelState", state}, {"Uniqueid", uniqueid}, {"Linkedid", uniqueid}};
}

TEST_CASE("a listed channel brings what events do not say") {
  Live live("n");
  live.begin(List::channels);
  live.end(List::channels, items("channels_live", "CoreShowChannel"), now);
  REQUIRE(live.channels().size() == 2);
  const Channel* caller = live.channel("PJSIP/100-DEMO-00000002");
  REQUIRE(caller);
  REQUIRE(caller->application == "Dial");
  REQUIRE(caller->data == "PJSIP/101-DEMO,15,tTkKxX");
  REQUIRE(caller->bridge == "3710d49b-4c53-4583-88ca-cb2446cefd0a");
  REQUIRE(caller->created == 1795297568);
  REQUIRE(caller->answered == caller->created);
}

TEST_CASE("events that come while the channel list is on its way win") {
  Live live("n");
  live.apply(channel("Newchannel", "1.1"), now);  // hung up while nobody listened
  live.apply(channel("Newchannel", "1.2"), now);  // goes while the list is on its way
  live.apply(channel("Newchannel", "1.3"), now);  // answered while the list is on its way
  live.begin(List::channels);
  live.apply(channel("Hangup", "1.2"), now);
  live.apply(channel("Newstate", "1.3", "6"), now);
  live.apply(channel("Newchannel", "1.4"), now);
  live.end(List::channels, {channel("CoreShowChannel", "1.2"), channel("CoreShowChannel", "1.3"),
                            channel("CoreShowChannel", "1.5")}, now);
  REQUIRE(live.channel("1.1") == nullptr);
  REQUIRE(live.channel("1.2") == nullptr);
  REQUIRE(live.channel("1.3"));
  REQUIRE(live.channel("1.3")->state == 6);
  REQUIRE(live.channel("1.4"));
  REQUIRE(live.channel("1.5"));
  REQUIRE(live.channels().size() == 3);
}

TEST_CASE("a list that never came does not hold back the next one") {
  Live live("n");
  live.begin(List::channels);
  live.apply(channel("Hangup", "1.2"), now);
  live.abandon_lists();
  live.begin(List::channels);
  live.end(List::channels, {channel("CoreShowChannel", "1.2")}, now);
  REQUIRE(live.channel("1.2"));
}

TEST_CASE("contacts come from the list with all details") {
  Live live("n");
  live.begin(List::contacts);
  auto list = items("pjsip_contacts", "ContactList");
  live.end(List::contacts, list, now);
  REQUIRE(live.contacts().size() == 8);
  const Contact& contact = live.contacts().at("100-DEMO\nsip:100-DEMO@127.0.0.1:5100").value;
  REQUIRE(contact.endpoint == "100-DEMO");
  REQUIRE(contact.aor == "100-DEMO");
  REQUIRE(contact.status == "Reachable");
  REQUIRE(contact.rtt_us == 329);
  REQUIRE(contact.user_agent == "LabPhone/1.0");
  REQUIRE(contact.address == "127.0.0.1:5199");
  REQUIRE(contact.expires == 1795383926);
  REQUIRE(live.take_unrefined().empty());

  live.begin(List::contacts);
  list.resize(3);
  live.end(List::contacts, list, now);
  REQUIRE(live.contacts().size() == 3);
}

TEST_CASE("a phone that registers again has one contact and asks for its details") {
  Live live("n");
  replay(live, recording("register"), now);
  REQUIRE(live.contacts().size() == 1);
  const Contact& contact = live.contacts().begin()->second.value;
  REQUIRE(contact.endpoint == "103-DEMO");
  REQUIRE(contact.uri == "sip:103-DEMO@127.0.0.1:5100");
  REQUIRE(contact.status == "Reachable");
  REQUIRE(contact.rtt_us > 0);
  REQUIRE(live.devices().at("PJSIP/103-DEMO").value == "NOT_INUSE");
  REQUIRE(live.extensions().at("103@hints-DEMO").value.status == 0);
  REQUIRE(live.take_unrefined() == std::unordered_set<std::string>{"103-DEMO"});
  live.refine_contacts({Packet{{"Event", "ContactStatusDetail"}, {"AOR", "103-DEMO"},
                               {"URI", "sip:103-DEMO@127.0.0.1:5100"}, {"UserAgent", "Phone/2"},
                               {"ViaAddress", "127.0.0.1:5199"}, {"RegExpire", "1795383926"}}});
  REQUIRE(contact.user_agent == "Phone/2");
  REQUIRE(contact.address == "127.0.0.1:5199");
  live.apply(Packet{{"Event", "ContactStatus"}, {"AOR", "103-DEMO"}, {"URI", contact.uri},
                    {"ContactStatus", "Removed"}}, now);
  REQUIRE(live.contacts().empty());
}

TEST_CASE("a contact removed while the list is on its way stays away, and may come again") {
  Live live("n");
  auto list = items("pjsip_contacts", "ContactList");
  Packet gone{{"Event", "ContactStatus"}, {"AOR", "100-DEMO"},
              {"URI", "sip:100-DEMO@127.0.0.1:5100"}, {"ContactStatus", "Removed"}};
  Packet back{{"Event", "ContactStatus"}, {"AOR", "100-DEMO"}, {"EndpointName", "100-DEMO"},
              {"URI", "sip:100-DEMO@127.0.0.1:5100"}, {"ContactStatus", "NonQualified"}};
  live.begin(List::contacts);
  live.apply(gone, now);
  live.end(List::contacts, list, now);
  REQUIRE(live.contacts().size() == 7);
  live.begin(List::contacts);
  live.apply(gone, now);
  live.apply(back, now);
  live.end(List::contacts, list, now);
  const Contact& contact = live.contacts().at("100-DEMO\nsip:100-DEMO@127.0.0.1:5100").value;
  REQUIRE(contact.status == "NonQualified");
  REQUIRE(contact.user_agent == "LabPhone/1.0");
}

TEST_CASE("chan_sip phones are contacts too") {
  Live live("n");
  live.begin(List::sip_peers);
  live.end(List::sip_peers, items("sip_peers", "PeerEntry"), now);
  REQUIRE(live.contacts().size() > 5);
  const Contact& contact = live.contacts().at("100-DEMO\nsip:100-DEMO@127.0.0.1:5200").value;
  REQUIRE(contact.technology == "SIP");
  REQUIRE(contact.status == "Reachable");
  REQUIRE(contact.rtt_us >= 0);
  for (const auto& [key, entry] : live.contacts()) REQUIRE(entry.value.endpoint != "106-DEMO");
  live.apply(Packet{{"Event", "PeerStatus"}, {"ChannelType", "SIP"}, {"Peer", "SIP/100-DEMO"},
                    {"PeerStatus", "Unregistered"}, {"Cause", "Expired"}}, now);
  REQUIRE_FALSE(live.contacts().contains("100-DEMO\nsip:100-DEMO@127.0.0.1:5200"));
  live.apply(Packet{{"Event", "PeerStatus"}, {"ChannelType", "SIP"}, {"Peer", "SIP/100-DEMO"},
                    {"PeerStatus", "Registered"}, {"Address", "127.0.0.1:5201"}}, now);
  live.apply(Packet{{"Event", "PeerStatus"}, {"ChannelType", "SIP"}, {"Peer", "SIP/100-DEMO"},
                    {"PeerStatus", "Reachable"}, {"Time", "3"}}, now);
  REQUIRE(live.contacts().at("100-DEMO\nsip:100-DEMO@127.0.0.1:5201").value.rtt_us == 3000);
  // The PJSIP list, which such an Asterisk refuses, must not take them away.
  live.begin(List::contacts);
  live.end(List::contacts, {}, now);
  REQUIRE(live.contacts().size() > 5);
}

TEST_CASE("a registration's state follows the event that names who and where") {
  Live live("n");
  live.begin(List::registrations);
  live.end(List::registrations,
           {Packet{{"Event", "OutboundRegistrationDetail"}, {"ObjectName", "trunk1"},
                   {"ClientUri", "sip:labtrunk@127.0.0.2:5080"}, {"ServerUri", "sip:127.0.0.2:5080"},
                   {"Status", "Registered"}, {"NextReg", "3500"}},
            Packet{{"Event", "AuthDetail"}, {"ObjectName", "trunk1"}}}, now);
  REQUIRE(live.registrations().size() == 1);
  const Registration& registration = live.registrations().at("PJSIP/trunk1").value;
  REQUIRE(registration.host == "127.0.0.2:5080");
  REQUIRE(registration.username == "labtrunk");
  REQUIRE(registration.next == 3500);
  live.apply(Packet{{"Event", "Registry"}, {"ChannelType", "PJSIP"},
                    {"Username", "sip:labtrunk@127.0.0.2:5080"}, {"Domain", "sip:127.0.0.2:5080"},
                    {"Status", "Unregistered"}}, now);
  REQUIRE(registration.state == "Unregistered");
}

TEST_CASE("device and extension states: the event wins over the list") {
  Live live("n");
  Packet device{{"Event", "DeviceStateChange"}, {"Device", "PJSIP/1-X"}, {"State", "INUSE"}};
  Packet stale{{"Event", "DeviceStateChange"}, {"Device", "PJSIP/1-X"}, {"State", "NOT_INUSE"}};
  live.begin(List::devices);
  live.apply(device, now);
  live.end(List::devices, {stale}, now);
  REQUIRE(live.devices().at("PJSIP/1-X").value == "INUSE");
  live.begin(List::devices);
  live.end(List::devices, {stale}, now);
  REQUIRE(live.devices().at("PJSIP/1-X").value == "NOT_INUSE");
}
