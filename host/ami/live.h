// What one Asterisk node is doing now, kept from its events and, after a connect, from
// its lists. Plain data and one thread at a time: the hub guards it with its lock.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "ami/packet.h"

namespace host::ami {

struct Channel {
  std::string node;
  std::string name;  // "PJSIP/100-DEMO-0000001a"
  std::string uniqueid, linkedid;
  std::string tenant;  // account code, else by the peer's name, else by the linked call
  std::string peer;    // "100-DEMO"; for Local/103@context;1 "103@context"
  int state = 0;       // 0 down .. 4 ring, 5 ringing, 6 up
  std::string state_text;
  std::string caller_number, caller_name;
  std::string connected_number, connected_name;
  std::string context, exten, priority;
  std::string application, data;
  std::string account;
  std::string bridge;
  std::int64_t created = 0;   // epoch seconds
  std::int64_t answered = 0;  // 0: not answered; when found by a list, the creation
  bool on_hold = false;
  // Deduced from dial and queue events: Newexten, which says it, is not subscribed.
  bool guessed_application = false;
};

struct Bridge {
  std::string node, id, type, technology, creator, name;
  int channels = 0;
};

struct Contact {
  std::string node, technology;  // "PJSIP", "SIP"
  std::string endpoint, aor, uri;
  std::string status;  // "Reachable", "Unreachable", "NonQualified", "Unknown"
  std::int64_t rtt_us = -1;
  std::string user_agent;
  std::string address;  // where the REGISTER came from, "host:port"
  std::int64_t expires = 0;  // epoch seconds, 0 unknown
};

struct ExtensionState {
  std::string node, exten, context, hint;
  int status = -1;
  std::string text;
};

struct QueueMember {
  std::string interface, name, state_interface, membership;
  int penalty = 0, status = 0;
  bool paused = false, in_call = false, ring_in_use = false;
  std::string paused_reason;
  std::int64_t calls_taken = 0, last_call = 0, last_pause = 0, login_time = 0, wrapup = 0;
  std::uint64_t seen = 0;
};

struct QueueCaller {
  std::string uniqueid, channel, caller_number, caller_name;
  int position = 0;
  std::int64_t since = 0;  // epoch seconds
  std::uint64_t seen = 0;
};

struct Queue {
  std::string node, name, strategy;
  std::string tenant;  // by the name's last part: "9200-NORTH"
  std::int64_t max = 0, weight = 0, holdtime = 0, talktime = 0, completed = 0, abandoned = 0;
  std::int64_t service_level = 0;
  std::string service_level_percent;
  std::vector<QueueMember> members;  // by interface
  std::vector<QueueCaller> callers;  // by position
};

// The member's tenant: its state interface says it ("Custom:100-DEMO"), else its interface.
std::string_view tenant_of_member(const QueueMember& member) noexcept;

struct Parked {
  std::string node, lot, space, tenant;
  std::string channel, uniqueid, caller_number, caller_name, connected_number, connected_name;
  std::string parker;  // dial string of who gets it back
  std::int64_t since = 0, timeout = 0;
};

struct Registration {
  std::string node, technology, id, host, username, state;
  std::int64_t next = 0;  // seconds until it is renewed
};

// "PJSIP/100-DEMO-0000001a" -> "100-DEMO"; "Local/103@ctx-00000002;1" -> "103@ctx".
std::string_view peer_of(std::string_view channel) noexcept;
// "100-DEMO" -> "DEMO"; "" when there is no dash.
std::string_view tenant_of_peer(std::string_view peer) noexcept;
// "PJSIP/100-DEMO", "Custom:DND100-DEMO", "Queue:9200-NORTH_avail", or a hint of them.
// "" for a Local channel such as "Local/AG-000-NF-7@ctx", whose dashes are not a tenant's.
std::string_view tenant_of_device(std::string_view device) noexcept;

// The lists that make up a node's state. Each is asked for after a connect; what
// events say while a list is on its way is newer than the list.
enum class List {
  channels, bridges, contacts, sip_peers, devices, extensions, queues, parked, registrations,
  sip_registrations
};
inline constexpr List all_lists[] = {List::channels,   List::bridges, List::contacts,
                                     List::sip_peers,  List::devices, List::extensions,
                                     List::queues,     List::parked,  List::registrations,
                                     List::sip_registrations};
const char* action_of(List list) noexcept;

class Live {
 public:
  explicit Live(std::string node) : node_(std::move(node)) {}

  // One event. `now` is the wall clock in seconds.
  void apply(const Packet& event, std::int64_t now);

  // A list: begin when it is asked for, then all its items. end() drops what the list
  // does not have and no event has named since begin().
  void begin(List list);
  void end(List list, const std::vector<Packet>& items, std::int64_t now);
  // The connection went away: no list is on its way any more.
  void abandon_lists();
  // One endpoint's contacts in detail (PJSIPShowEndpoint): fills what events do not say.
  void refine_contacts(const std::vector<Packet>& items);
  // Endpoints whose contact was announced by an event without its details; clears them.
  std::unordered_set<std::string> take_unrefined() { return std::exchange(unrefined_, {}); }
  // Queues that an event named first: a realtime queue is loaded when it is called, and then its
  // strategy and what its members did before are in no event. Cleared by taking them.
  bool has_unlisted_queues() const noexcept { return !unlisted_queues_.empty(); }
  std::unordered_set<std::string> take_unlisted_queues() { return std::exchange(unlisted_queues_, {}); }
  // One queue's list (QueueStatus with its name), asked for between begin_queue and end_queue.
  void begin_queue(const std::string& name) { asked_queues_[name] = sequence_; }
  void end_queue(const std::string& name, const std::vector<Packet>& items, std::int64_t now);

  const std::string& node() const noexcept { return node_; }

  // Views for queries. The tenant of a channel is resolved by tenant().
  struct Seen {
    std::uint64_t seen = 0;  // number of the last event or list that named it
  };
  template <typename T>
  struct Entry : Seen {
    T value;
  };
  template <typename T>
  using Table = std::unordered_map<std::string, Entry<T>>;

  const Table<Channel>& channels() const noexcept { return channels_; }
  const Table<Bridge>& bridges() const noexcept { return bridges_; }
  const Table<Contact>& contacts() const noexcept { return contacts_; }
  const Table<std::string>& devices() const noexcept { return devices_; }
  const Table<ExtensionState>& extensions() const noexcept { return extensions_; }
  const Table<Queue>& queues() const noexcept { return queues_; }
  const Table<Parked>& parked() const noexcept { return parked_; }
  const Table<Registration>& registrations() const noexcept { return registrations_; }

  const Channel* channel(std::string_view name_or_uniqueid) const;
  std::string_view tenant(const Channel& channel) const;
  // Whose event this is, "" when it is nobody's in particular. Before apply().
  std::string tenant(const Packet& event) const;

 private:
  struct Linked {
    int channels = 0;
    std::string tenant;
  };
  using ChannelEntry = Entry<Channel>;

  // live.cpp: channels and bridges
  ChannelEntry& channel_entry(std::string_view uniqueid);
  ChannelEntry* known_channel(std::string_view uniqueid);
  void fill_channel(ChannelEntry& entry, const Packet& event, std::string_view prefix,
                    std::int64_t now);
  void relink(Channel& channel, std::string_view linkedid);
  void unlink(const std::string& linkedid);
  void remove_channel(const std::string& uniqueid);
  void rename_channel(const Packet& event);
  void dial(const Packet& event, bool begins, std::int64_t now);
  void guess(const Packet& event, std::string_view application, std::string_view data);
  void bridge_event(const Packet& event, bool gone);
  void enter_bridge(const Packet& event, bool enters, std::int64_t now);

  // live_queues.cpp: queues and parked calls
  Queue& queue(std::string_view name);
  void queue_member(const Packet& event, bool removed);
  void caller_joins(const Packet& event, std::int64_t now);
  void caller_leaves(const Packet& event, bool abandons);
  void park(const Packet& event, std::int64_t now, bool from_event);
  void unpark(const Packet& event);
  void merge_queues(const std::vector<Packet>& items, std::int64_t now);

  // live_lists.cpp: contacts, states, and the merging of lists
  void contact_status(const Packet& event);
  void sip_peer_status(const Packet& event);
  void registry(const Packet& event);
  void merge_channel(const Packet& item, std::int64_t now);
  void merge_contact(Contact contact);
  void merge_registration(Registration registration);
  void device_state(const Packet& packet, bool from_event);
  void extension_state(const Packet& packet, bool from_event);
  void removed(char kind, std::string_view key);
  bool was_removed(char kind, std::string_view key) const;
  // True when an event named it after its list was asked for.
  bool newer(std::uint64_t seen, List list) const noexcept;
  bool newer_in_queue(std::uint64_t seen, const std::string& name) const;
  void forget_removed();
  template <typename T>
  void drop_unseen(Table<T>& table, List list, std::string_view technology);

  std::string node_;
  std::uint64_t sequence_ = 0;
  std::map<List, std::uint64_t> started_;  // lists on their way
  Table<Channel> channels_;                // by uniqueid
  std::unordered_map<std::string, std::string> by_name_;
  std::unordered_map<std::string, Linked> linked_;
  std::unordered_set<std::string> removed_;  // keys removed by events while a list is on its way
  Table<Bridge> bridges_;
  Table<Contact> contacts_;  // by aor and uri
  Table<std::string> devices_;
  Table<ExtensionState> extensions_;  // by exten@context
  Table<Queue> queues_;
  Table<Parked> parked_;  // by lot/space
  Table<Registration> registrations_;
  std::unordered_set<std::string> unrefined_;
  std::unordered_set<std::string> unlisted_queues_;
  std::unordered_map<std::string, std::uint64_t> asked_queues_;  // single ones on their way
};

// Feeds recorded bytes through the real parser into `live`, as the hub does with what
// it reads; returns the number of events. For benchmarks and tests.
std::size_t replay(Live& live, std::string_view bytes, std::int64_t now);

}  // namespace host::ami
