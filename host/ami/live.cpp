#include "ami/live.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace host::ami {

using base::text::iequals;

std::string_view peer_of(std::string_view channel) noexcept {
  std::size_t slash = channel.find('/');
  if (slash == std::string_view::npos) return {};
  std::string_view peer = channel.substr(slash + 1);
  if (std::size_t leg = peer.rfind(';'); leg != std::string_view::npos) peer = peer.substr(0, leg);
  // The peer may hold dashes of its own: only eight hex digits at the end are Asterisk's.
  if (peer.size() > 9 && peer[peer.size() - 9] == '-' &&
      peer.substr(peer.size() - 8).find_first_not_of("0123456789abcdef") == std::string_view::npos) {
    peer.remove_suffix(9);
  }
  return peer;
}

std::string_view tenant_of_peer(std::string_view peer) noexcept {
  std::size_t dash = peer.rfind('-');
  return dash == std::string_view::npos ? std::string_view() : peer.substr(dash + 1);
}

namespace {

// The first ones, up to rename, are about the channel they name.
enum class Kind {
  newchannel, channel_change, hold, unhold, hangup, rename, bridge, bridge_gone, bridge_enter,
  bridge_leave, dial_begin, dial_end, local_bridge, caller_join, caller_leave, caller_abandon,
  agent_complete, member, member_removed, parked, unparked, conference_join, conference_leave,
  contact, peer, registry, device, extension
};

}  // namespace

static const std::unordered_map<std::string_view, Kind>& kinds() {
  static const std::unordered_map<std::string_view, Kind> table = {
      {"Newchannel", Kind::newchannel},
      {"Newstate", Kind::channel_change},
      {"NewCallerid", Kind::channel_change},
      {"NewConnectedLine", Kind::channel_change},
      {"NewAccountCode", Kind::channel_change},
      {"Newexten", Kind::channel_change},
      {"Hold", Kind::hold},
      {"Unhold", Kind::unhold},
      {"Hangup", Kind::hangup},
      {"Rename", Kind::rename},
      {"BridgeCreate", Kind::bridge},
      {"BridgeDestroy", Kind::bridge_gone},
      {"BridgeEnter", Kind::bridge_enter},
      {"BridgeLeave", Kind::bridge_leave},
      {"DialBegin", Kind::dial_begin},
      {"DialEnd", Kind::dial_end},
      {"LocalBridge", Kind::local_bridge},
      {"QueueCallerJoin", Kind::caller_join},
      {"QueueCallerLeave", Kind::caller_leave},
      {"QueueCallerAbandon", Kind::caller_abandon},
      {"AgentComplete", Kind::agent_complete},
      {"QueueMemberStatus", Kind::member},
      {"QueueMemberAdded", Kind::member},
      {"QueueMemberPause", Kind::member},
      {"QueueMemberPenalty", Kind::member},
      {"QueueMemberRinginuse", Kind::member},
      {"QueueMemberRemoved", Kind::member_removed},
      {"ParkedCall", Kind::parked},
      {"ParkedCallSwap", Kind::parked},
      {"UnParkedCall", Kind::unparked},
      {"ParkedCallTimeOut", Kind::unparked},
      {"ParkedCallGiveUp", Kind::unparked},
      {"ConfbridgeJoin", Kind::conference_join},
      {"ConfbridgeLeave", Kind::conference_leave},
      {"ContactStatus", Kind::contact},
      {"PeerStatus", Kind::peer},
      {"Registry", Kind::registry},
      {"DeviceStateChange", Kind::device},
      {"ExtensionStatus", Kind::extension},
  };
  return table;
}

void Live::apply(const Packet& event, std::int64_t now) {
  auto found = kinds().find(event.get("Event"));
  if (found == kinds().end()) return;
  ++sequence_;
  bool about_channel = found->second <= Kind::rename || found->second == Kind::bridge_enter;
  if (about_channel && event.get("Uniqueid").empty()) return;
  switch (found->second) {
    case Kind::newchannel:
    case Kind::channel_change:
      return fill_channel(channel_entry(event.get("Uniqueid")), event, "", now);
    case Kind::hold:
    case Kind::unhold: {
      ChannelEntry& entry = channel_entry(event.get("Uniqueid"));
      fill_channel(entry, event, "", now);
      entry.value.on_hold = found->second == Kind::hold;
      return;
    }
    case Kind::hangup: return remove_channel(std::string(event.get("Uniqueid")));
    case Kind::rename: return rename_channel(event);
    case Kind::bridge: return bridge_event(event, false);
    case Kind::bridge_gone: return bridge_event(event, true);
    case Kind::bridge_enter: return enter_bridge(event, true, now);
    case Kind::bridge_leave: return enter_bridge(event, false, now);
    case Kind::dial_begin: return dial(event, true, now);
    case Kind::dial_end: return dial(event, false, now);
    case Kind::local_bridge:
      for (std::string_view prefix : {"LocalOne", "LocalTwo"}) {
        if (auto* leg = known_channel(event.get(std::string(prefix) + "Uniqueid"))) {
          fill_channel(*leg, event, prefix, now);
        }
      }
      return;
    case Kind::caller_join: return caller_joins(event, now);
    case Kind::caller_leave: return caller_leaves(event, false);
    case Kind::caller_abandon: return caller_leaves(event, true);
    case Kind::agent_complete: ++queue(event.get("Queue")).completed; return;
    case Kind::member: return queue_member(event, false);
    case Kind::member_removed: return queue_member(event, true);
    case Kind::parked: return park(event, now, true);
    case Kind::unparked: return unpark(event);
    case Kind::conference_join: return guess(event, "ConfBridge", event.get("Conference"));
    case Kind::conference_leave: return guess(event, "", "");
    case Kind::contact: return contact_status(event);
    case Kind::peer: return sip_peer_status(event);
    case Kind::registry: return registry(event);
    case Kind::device: return device_state(event, true);
    case Kind::extension: return extension_state(event, true);
  }
}

// "1795297635.92", "pbx1-1795297635.92": the second it was made in.
static std::int64_t created_by(std::string_view uniqueid) noexcept {
  if (std::size_t dash = uniqueid.rfind('-'); dash != std::string_view::npos) {
    uniqueid.remove_prefix(dash + 1);
  }
  std::int64_t seconds = 0;
  auto [end, code] = std::from_chars(uniqueid.data(), uniqueid.data() + uniqueid.size(), seconds);
  bool whole = code == std::errc() && end != uniqueid.data() + uniqueid.size() && *end == '.';
  return whole && seconds > 1'000'000'000 ? seconds : 0;
}

Live::ChannelEntry& Live::channel_entry(std::string_view uniqueid) {
  return channels_[std::string(uniqueid)];
}

Live::ChannelEntry* Live::known_channel(std::string_view uniqueid) {
  auto found = channels_.find(std::string(uniqueid));
  return found == channels_.end() ? nullptr : &found->second;
}

static void assign(std::string& field, std::string_view value) {
  if (value == "<unknown>" || value == "unknown") value = {};
  if (field != value) field = value;
}

// One pass over the headers: this runs for nearly every event.
void Live::fill_channel(ChannelEntry& entry, const Packet& event, std::string_view prefix,
                        std::int64_t now) {
  Channel& channel = entry.value;
  entry.seen = sequence_;
  std::string_view uniqueid, linkedid;
  for (std::size_t i = 0; i < event.size(); ++i) {
    auto [name, value] = event[i];
    if (name.size() <= prefix.size() || name.substr(0, prefix.size()) != prefix) continue;
    name.remove_prefix(prefix.size());
    switch (name.size()) {
      case 5:
        if (name == "Exten") assign(channel.exten, value);
        break;
      case 7:
        if (name == "Channel") {
          if (channel.name != value) {
            by_name_.erase(channel.name);
            channel.name = value;
            channel.peer = peer_of(value);
          }
        } else if (name == "Context") {
          assign(channel.context, value);
        } else if (name == "AppData") {
          assign(channel.data, value);
        }
        break;
      case 8:
        if (name == "Uniqueid") uniqueid = value;
        if (name == "Linkedid") linkedid = value;
        if (name == "Priority") assign(channel.priority, value);
        if (name == "BridgeId") assign(channel.bridge, value);
        break;
      case 11:
        if (name == "CallerIDNum") assign(channel.caller_number, value);
        if (name == "AccountCode") assign(channel.account, value);
        if (name == "Application") {
          assign(channel.application, value);
          channel.guessed_application = false;
        }
        break;
      case 12:
        if (name == "CallerIDName") assign(channel.caller_name, value);
        if (name == "ChannelState") {
          int state = value.size() == 1 ? value[0] - '0' : channel.state;
          if (state == 6 && channel.answered == 0) channel.answered = now;
          channel.state = state;
        }
        break;
      case 15:
        if (name == "ApplicationData") assign(channel.data, value);
        break;
      case 16:
        if (name == "ChannelStateDesc") assign(channel.state_text, value);
        if (name == "ConnectedLineNum") assign(channel.connected_number, value);
        break;
      case 17:
        if (name == "ConnectedLineName") assign(channel.connected_name, value);
        break;
      default: break;
    }
  }
  if (channel.uniqueid.empty()) {
    channel.node = node_;
    channel.uniqueid = uniqueid;
    channel.created = created_by(uniqueid);
    if (channel.created == 0) channel.created = now;
    by_name_[channel.name] = channel.uniqueid;
  } else if (!by_name_.contains(channel.name)) {
    by_name_[channel.name] = channel.uniqueid;
  }
  // A Local channel's name says who is called, not whose call it is.
  bool local = channel.name.compare(0, 6, "Local/") == 0;
  channel.tenant = !channel.account.empty() ? std::string_view(channel.account)
                   : local                  ? std::string_view()
                                            : tenant_of_peer(channel.peer);
  relink(channel, linkedid.empty() ? channel.uniqueid : linkedid);
}

void Live::relink(Channel& channel, std::string_view linkedid) {
  if (channel.linkedid != linkedid) {
    std::string before = std::exchange(channel.linkedid, std::string(linkedid));
    ++linked_[channel.linkedid].channels;
    unlink(before);
  }
  if (channel.tenant.empty()) return;
  Linked& linked = linked_[channel.linkedid];
  if (linked.tenant.empty()) linked.tenant = channel.tenant;
}

void Live::unlink(const std::string& linkedid) {
  auto found = linked_.find(linkedid);
  if (found != linked_.end() && --found->second.channels <= 0) linked_.erase(found);
}

void Live::remove_channel(const std::string& uniqueid) {
  removed('c', uniqueid);
  auto found = channels_.find(uniqueid);
  if (found == channels_.end()) return;
  Channel& channel = found->second.value;
  if (auto named = by_name_.find(channel.name); named != by_name_.end() && named->second == uniqueid) {
    by_name_.erase(named);
  }
  unlink(channel.linkedid);
  channels_.erase(found);
}

void Live::rename_channel(const Packet& event) {
  auto* entry = known_channel(event.get("Uniqueid"));
  if (!entry) return;
  Channel& channel = entry->value;
  auto named = by_name_.find(channel.name);
  if (named != by_name_.end() && named->second == channel.uniqueid) by_name_.erase(named);
  channel.name = event.get("Newname");
  channel.peer = peer_of(channel.name);
  by_name_[channel.name] = channel.uniqueid;
  entry->seen = sequence_;
}

// Only for channels that are known: the end of a dial may come after the hangup.
void Live::dial(const Packet& event, bool begins, std::int64_t now) {
  auto* called = known_channel(event.get("DestUniqueid"));
  if (called) {
    fill_channel(*called, event, "Dest", now);
    if (begins && called->value.application.empty()) {
      called->value.application = "AppDial";
      called->value.data = "(Outgoing Line)";
      called->value.guessed_application = true;
    }
  }
  auto* caller = known_channel(event.get("Uniqueid"));
  if (!caller) return;
  fill_channel(*caller, event, "", now);
  Channel& channel = caller->value;
  if (begins && (channel.application.empty() || channel.guessed_application)) {
    if (channel.application == "Queue") return;
    std::string_view name = event.get("DestChannel");
    channel.application = "Dial";
    channel.data = std::string(name.substr(0, name.find('/') + 1)).append(event.get("DialString"));
    channel.guessed_application = true;
  } else if (!begins && channel.guessed_application && channel.application == "Dial" &&
             event.get("DialStatus") != "ANSWER") {
    channel.application.clear();
    channel.data.clear();
  }
}

void Live::guess(const Packet& event, std::string_view application, std::string_view data) {
  auto* entry = known_channel(event.get("Uniqueid"));
  if (!entry) return;
  Channel& channel = entry->value;
  if (!channel.application.empty() && !channel.guessed_application) return;
  channel.application = application;
  channel.data = data;
  channel.guessed_application = true;
}

void Live::bridge_event(const Packet& event, bool gone) {
  std::string id(event.get("BridgeUniqueid"));
  if (gone) {
    removed('b', id);
    bridges_.erase(id);
    return;
  }
  Entry<Bridge>& entry = bridges_[id];
  entry.seen = sequence_;
  Bridge& bridge = entry.value;
  bridge.node = node_;
  bridge.id = id;
  assign(bridge.type, event.get("BridgeType"));
  assign(bridge.technology, event.get("BridgeTechnology"));
  assign(bridge.creator, event.get("BridgeCreator"));
  assign(bridge.name, event.get("BridgeName"));
  bridge.channels = static_cast<int>(event.integer("BridgeNumChannels"));
}

void Live::enter_bridge(const Packet& event, bool enters, std::int64_t now) {
  std::string_view id = event.get("BridgeUniqueid");
  if (enters || bridges_.contains(std::string(id))) bridge_event(event, false);
  // A channel may leave its bridge after its hangup was announced.
  ChannelEntry* entry =
      enters ? &channel_entry(event.get("Uniqueid")) : known_channel(event.get("Uniqueid"));
  if (!entry) return;
  fill_channel(*entry, event, "", now);
  if (enters) {
    entry->value.bridge = id;
  } else if (entry->value.bridge == id) {
    entry->value.bridge.clear();
  }
}

const Channel* Live::channel(std::string_view name_or_uniqueid) const {
  std::string key(name_or_uniqueid);
  auto named = by_name_.find(key);
  auto found = channels_.find(named == by_name_.end() ? key : named->second);
  return found == channels_.end() ? nullptr : &found->second.value;
}

std::string_view Live::tenant(const Channel& channel) const {
  if (!channel.tenant.empty()) return channel.tenant;
  auto linked = linked_.find(channel.linkedid);
  return linked == linked_.end() ? std::string_view() : std::string_view(linked->second.tenant);
}

std::string_view tenant_of_device(std::string_view device) noexcept {
  device = device.substr(0, device.find_first_of("&,"));
  if (std::size_t avail = device.rfind("_avail");
      avail != std::string_view::npos && avail + 6 == device.size()) {
    device.remove_suffix(6);
  }
  if (device.substr(0, 6) != "Local/") return tenant_of_peer(device);
  std::string_view number = device.substr(6, device.find('@') - 6);
  return number.find('-') == number.rfind('-') ? tenant_of_peer(number) : std::string_view();
}

std::string Live::tenant(const Packet& event) const {
  for (const char* key : {"Uniqueid", "ParkeeUniqueid", "DestUniqueid"}) {
    std::string_view uniqueid = event.get(key);
    if (uniqueid.empty()) continue;
    auto found = channels_.find(std::string(uniqueid));
    if (found == channels_.end()) continue;
    if (std::string_view known = tenant(found->second.value); !known.empty()) return std::string(known);
  }
  for (const char* key : {"AccountCode", "ParkeeAccountCode"}) {
    if (std::string_view account = event.get(key); !account.empty()) return std::string(account);
  }
  if (std::string_view box = event.get("Mailbox"); !box.empty()) {
    std::size_t at = box.rfind('@');
    return at == std::string_view::npos ? "" : std::string(box.substr(at + 1));
  }
  for (const char* key : {"StateInterface", "Interface", "Queue", "Hint", "Context", "Device", "EndpointName", "Peer"}) {
    std::string_view tenant = tenant_of_device(event.get(key));
    if (!tenant.empty()) return std::string(tenant);
  }
  std::string_view name = event.get("Channel");
  if (name.substr(0, 6) == "Local/") return {};
  return std::string(tenant_of_peer(peer_of(name)));
}

std::size_t replay(Live& live, std::string_view bytes, std::int64_t now) {
  static constexpr std::size_t read_size = 64 * 1024;
  Framer framer;
  std::size_t events = 0;
  for (std::size_t at = 0; at < bytes.size(); at += read_size) {
    framer.append(bytes.substr(at, read_size));
    for (auto packet = framer.next(); packet && *packet; packet = framer.next()) {
      if (!(*packet)->has("Event")) continue;
      ++events;
      live.apply(**packet, now);
    }
  }
  return events;
}

}  // namespace host::ami
