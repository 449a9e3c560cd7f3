// Contacts, states and registrations of a node's live state, and how a list that was
// asked for is merged with the events that came meanwhile.
#include <algorithm>
#include <charconv>

#include "ami/live.h"
#include "base/text.h"

namespace host::ami {

using base::text::iequals;

const char* action_of(List list) noexcept {
  switch (list) {
    case List::channels: return "CoreShowChannels";
    case List::bridges: return "BridgeList";
    case List::contacts: return "PJSIPShowContacts";
    case List::sip_peers: return "SIPpeers";
    case List::devices: return "DeviceStateList";
    case List::extensions: return "ExtensionStateList";
    case List::queues: return "QueueStatus";
    case List::parked: return "ParkedCalls";
    case List::registrations: return "PJSIPShowRegistrationsOutbound";
    case List::sip_registrations: return "SIPshowregistry";
  }
  return "";
}

void Live::removed(char kind, std::string_view key) {
  if (!started_.empty() || !asked_queues_.empty()) removed_.insert(std::string(1, kind).append(key));
}

bool Live::was_removed(char kind, std::string_view key) const {
  return removed_.contains(std::string(1, kind).append(key));
}

bool Live::newer(std::uint64_t seen, List list) const noexcept {
  auto started = started_.find(list);
  return started != started_.end() && seen > started->second;
}

void Live::begin(List list) { started_[list] = sequence_; }

void Live::forget_removed() {
  if (started_.empty() && asked_queues_.empty()) removed_.clear();
}

void Live::abandon_lists() {
  started_.clear();
  asked_queues_.clear();
  unlisted_queues_.clear();
  removed_.clear();
}

template <typename T>
void Live::drop_unseen(Table<T>& table, List list, std::string_view technology) {
  std::erase_if(table, [&](const auto& item) {
    if constexpr (requires { item.second.value.technology; }) {
      if (item.second.value.technology != technology) return false;
    }
    return !newer(item.second.seen, list);
  });
}

static std::string without_scheme(std::string_view uri) {
  std::size_t colon = uri.find(':');
  if (uri.substr(0, colon) == "sip" || uri.substr(0, colon) == "sips") uri.remove_prefix(colon + 1);
  return std::string(uri);
}

static std::string user_of(std::string_view uri) {
  std::string plain = without_scheme(uri);
  std::size_t at = plain.find('@');
  return at == std::string::npos ? plain : plain.substr(0, at);
}

static std::string contact_key(const Contact& contact) { return contact.aor + "\n" + contact.uri; }

static Contact contact_of_list(const Packet& item) {
  Contact contact;
  contact.technology = "PJSIP";
  contact.endpoint = item.get("Endpoint");
  std::string_view name = item.get("ObjectName");
  contact.aor = name.substr(0, name.find(';'));
  // A static contact is named AOR@@hash.
  if (std::size_t at = contact.aor.find("@@"); at != std::string::npos) contact.aor.resize(at);
  contact.uri = item.get("Uri");
  contact.status = item.get("Status");
  contact.rtt_us = item.integer("RoundtripUsec", -1);
  contact.user_agent = item.get("UserAgent");
  contact.expires = item.integer("ExpirationTime");
  if (!item.get("ViaAddr").empty()) {
    contact.address = std::string(item.get("ViaAddr")).append(":").append(item.get("ViaPort"));
  }
  return contact;
}

static Contact contact_of_sip_peer(const Packet& item) {
  Contact contact;
  contact.technology = "SIP";
  contact.endpoint = contact.aor = item.get("ObjectName");
  contact.address = std::string(item.get("IPaddress")).append(":").append(item.get("IPport"));
  contact.uri = "sip:" + contact.endpoint + "@" + contact.address;
  std::string_view status = item.get("Status");  // "OK (1 ms)"
  if (status.substr(0, 2) == "OK" || status.substr(0, 6) == "LAGGED") {
    contact.status = "Reachable";
    std::size_t open = status.find('(');
    long long milliseconds = 0;
    if (open != std::string_view::npos) {
      std::from_chars(status.data() + open + 1, status.data() + status.size(), milliseconds);
      contact.rtt_us = milliseconds * 1000;
    }
  } else if (iequals(status, "UNREACHABLE")) {
    contact.status = "Unreachable";
  } else {
    contact.status = iequals(status, "Unmonitored") ? "NonQualified" : "Unknown";
  }
  return contact;
}

void Live::merge_contact(Contact contact) {
  std::string key = contact_key(contact);
  if (was_removed('a', key)) return;
  contact.node = node_;
  List list = contact.technology == "SIP" ? List::sip_peers : List::contacts;
  Entry<Contact>& entry = contacts_[key];
  if (newer(entry.seen, list)) {
    // The event knows the state, the list the rest.
    contact.status = entry.value.status;
    contact.rtt_us = entry.value.rtt_us;
  }
  entry.value = std::move(contact);
  entry.seen = sequence_;
}

void Live::contact_status(const Packet& event) {
  Contact contact;
  contact.aor = event.get("AOR");
  contact.uri = event.get("URI");
  std::string key = contact_key(contact);
  std::string_view status = event.get("ContactStatus");
  if (status == "Removed") {
    removed('a', key);
    contacts_.erase(key);
    return;
  }
  removed_.erase("a" + key);
  Entry<Contact>& entry = contacts_[key];
  entry.seen = sequence_;
  Contact& known = entry.value;
  if (known.uri.empty()) {
    known = std::move(contact);
    known.node = node_;
    known.technology = "PJSIP";
  }
  known.endpoint = event.get("EndpointName");
  if (known.endpoint.empty()) known.endpoint = known.aor;
  known.status = status == "Created" || status == "Updated" ? "NonQualified" : status;
  known.rtt_us = event.integer("RoundtripUsec", -1);
  if (known.user_agent.empty()) unrefined_.insert(known.endpoint);
}

void Live::refine_contacts(const std::vector<Packet>& items) {
  for (const Packet& item : items) {
    if (item.get("Event") != "ContactStatusDetail") continue;
    Contact key;
    key.aor = item.get("AOR");
    key.uri = item.get("URI");
    auto found = contacts_.find(contact_key(key));
    if (found == contacts_.end()) continue;
    Contact& contact = found->second.value;
    contact.user_agent = item.get("UserAgent");
    contact.address = item.get("ViaAddress");
    contact.expires = item.integer("RegExpire");
  }
}

void Live::sip_peer_status(const Packet& event) {
  if (event.get("ChannelType") != "SIP") return;
  std::string_view peer = event.get("Peer");
  peer.remove_prefix(std::min(peer.size(), peer.find('/') + 1));
  std::string_view status = event.get("PeerStatus");
  auto of_peer = [&](const auto& item) {
    return item.second.value.technology == "SIP" && item.second.value.endpoint == peer;
  };
  if (status == "Reachable" || status == "Unreachable" || status == "Lagged") {
    for (auto& item : contacts_) {
      if (!of_peer(item)) continue;
      item.second.value.status = status == "Unreachable" ? "Unreachable" : "Reachable";
      item.second.value.rtt_us = event.integer("Time") * 1000;
      item.second.seen = sequence_;
    }
    return;
  }
  if (status != "Registered" && status != "Unregistered") return;
  std::string_view address = event.get("Address");
  Contact contact;
  contact.node = node_;
  contact.technology = "SIP";
  contact.endpoint = contact.aor = peer;
  contact.address = address;
  contact.uri = std::string("sip:").append(peer).append("@").append(address);
  contact.status = "NonQualified";
  std::string key = contact_key(contact);
  for (auto it = contacts_.begin(); it != contacts_.end();) {
    if (!of_peer(*it) || (status == "Registered" && it->first == key)) {
      ++it;
    } else {
      removed('a', it->first);
      it = contacts_.erase(it);
    }
  }
  if (status == "Unregistered" || address.empty()) return;
  removed_.erase("a" + key);
  Entry<Contact>& entry = contacts_[key];
  if (entry.value.uri.empty()) entry.value = std::move(contact);
  entry.seen = sequence_;
}

static Registration registration_of(const Packet& item) {
  Registration registration;
  if (item.get("Event") == "RegistryEntry") {
    registration.technology = "SIP";
    registration.host = std::string(item.get("Host")).append(":").append(item.get("Port"));
    registration.username = item.get("Username");
    registration.id = registration.username + "@" + registration.host;
    registration.state = item.get("State");
    registration.next = item.integer("Refresh");
  } else {
    registration.technology = "PJSIP";
    registration.id = item.get("ObjectName");
    registration.host = without_scheme(item.get("ServerUri"));
    registration.username = user_of(item.get("ClientUri"));
    registration.state = item.get("Status");
    registration.next = item.integer("NextReg");
  }
  return registration;
}

void Live::merge_registration(Registration registration) {
  List list = registration.technology == "SIP" ? List::sip_registrations : List::registrations;
  Entry<Registration>& entry = registrations_[registration.technology + "/" + registration.id];
  registration.node = node_;
  if (newer(entry.seen, list)) registration.state = entry.value.state;
  entry.value = std::move(registration);
  entry.seen = sequence_;
}

// The event does not name the registration, only who and where.
void Live::registry(const Packet& event) {
  std::string_view technology = event.get("ChannelType");
  std::string username = user_of(event.get("Username"));
  std::string domain = without_scheme(event.get("Domain"));
  for (auto& item : registrations_) {
    Registration& known = item.second.value;
    if (known.technology != technology || known.username != username) continue;
    if (known.host != domain && known.host.compare(0, domain.size() + 1, domain + ":") != 0) continue;
    known.state = event.get("Status");
    item.second.seen = sequence_;
  }
}

void Live::device_state(const Packet& packet, bool from_event) {
  Entry<std::string>& entry = devices_[std::string(packet.get("Device"))];
  if (!from_event && newer(entry.seen, List::devices)) return;
  entry.value = packet.get("State");
  entry.seen = sequence_;
}

void Live::extension_state(const Packet& packet, bool from_event) {
  std::string key = std::string(packet.get("Exten")).append("@").append(packet.get("Context"));
  Entry<ExtensionState>& entry = extensions_[key];
  if (!from_event && newer(entry.seen, List::extensions)) return;
  entry.value = {node_,
                 std::string(packet.get("Exten")),
                 std::string(packet.get("Context")),
                 std::string(packet.get("Hint")),
                 static_cast<int>(packet.integer("Status", -1)),
                 std::string(packet.get("StatusText"))};
  entry.seen = sequence_;
}

// "00:01:12" in seconds.
static std::int64_t seconds_of(std::string_view duration) noexcept {
  std::int64_t total = 0, part = 0;
  for (char c : duration) {
    if (c == ':') {
      total = (total + part) * 60;
      part = 0;
    } else if (c >= '0' && c <= '9') {
      part = part * 10 + (c - '0');
    }
  }
  return total + part;
}

void Live::merge_channel(const Packet& item, std::int64_t now) {
  std::string_view uniqueid = item.get("Uniqueid");
  if (was_removed('c', uniqueid)) return;
  auto* known = known_channel(uniqueid);
  if (known && newer(known->seen, List::channels)) {
    // Only what no event says.
    Channel& channel = known->value;
    if (channel.application.empty() || channel.guessed_application) {
      channel.application = item.get("Application");
      channel.data = item.get("ApplicationData");
      channel.guessed_application = false;
    }
    if (channel.bridge.empty() && channel.state == 6) channel.bridge = item.get("BridgeId");
    return;
  }
  ChannelEntry& entry = channel_entry(uniqueid);
  const bool fresh = entry.value.uniqueid.empty();
  std::int64_t created = now - seconds_of(item.get("Duration"));
  fill_channel(entry, item, "", now);
  Channel& channel = entry.value;
  if (fresh && channel.created == now) channel.created = created;
  if (fresh && channel.state == 6) channel.answered = channel.created;
  // The list says what runs at this moment, but no event says when that changes.
  channel.guessed_application = true;
}

void Live::end(List list, const std::vector<Packet>& items, std::int64_t now) {
  ++sequence_;
  switch (list) {
    case List::channels: {
      for (const Packet& item : items) merge_channel(item, now);
      std::vector<std::string> gone;
      for (const auto& [uniqueid, entry] : channels_) {
        if (!newer(entry.seen, list)) gone.push_back(uniqueid);
      }
      for (const std::string& uniqueid : gone) remove_channel(uniqueid);
      break;
    }
    case List::bridges:
      for (const Packet& item : items) {
        std::string_view id = item.get("BridgeUniqueid");
        auto known = bridges_.find(std::string(id));
        if (was_removed('b', id)) continue;
        if (known != bridges_.end() && newer(known->second.seen, list)) continue;
        bridge_event(item, false);
      }
      drop_unseen(bridges_, list, "");
      break;
    case List::contacts:
      for (const Packet& item : items) merge_contact(contact_of_list(item));
      drop_unseen(contacts_, list, "PJSIP");
      break;
    case List::sip_peers:
      for (const Packet& item : items) {
        // A peer that is not registered has no address.
        if (item.get("IPaddress") != "-none-") merge_contact(contact_of_sip_peer(item));
      }
      drop_unseen(contacts_, list, "SIP");
      break;
    case List::devices:
      for (const Packet& item : items) device_state(item, false);
      drop_unseen(devices_, list, "");
      break;
    case List::extensions:
      for (const Packet& item : items) extension_state(item, false);
      drop_unseen(extensions_, list, "");
      break;
    case List::queues:
      merge_queues(items, now);
      drop_unseen(queues_, list, "");
      break;
    case List::parked:
      for (const Packet& item : items) park(item, now, false);
      drop_unseen(parked_, list, "");
      break;
    case List::registrations:
      for (const Packet& item : items) {
        if (item.get("Event") == "OutboundRegistrationDetail") merge_registration(registration_of(item));
      }
      drop_unseen(registrations_, list, "PJSIP");
      break;
    case List::sip_registrations:
      for (const Packet& item : items) merge_registration(registration_of(item));
      drop_unseen(registrations_, list, "SIP");
      break;
  }
  started_.erase(list);
  forget_removed();
}

}  // namespace host::ami
