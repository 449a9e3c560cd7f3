// Queues and parked calls of a node's live state.
#include <algorithm>

#include "ami/live.h"

namespace host::ami {

Queue& Live::queue(std::string_view name) {
  Entry<Queue>& entry = queues_[std::string(name)];
  entry.seen = sequence_;
  if (entry.value.name.empty()) {
    entry.value.node = node_;
    entry.value.name = name;
    entry.value.tenant = tenant_of_peer(name);
    unlisted_queues_.insert(entry.value.name);
  }
  return entry.value;
}

std::string_view tenant_of_member(const QueueMember& member) noexcept {
  std::string_view tenant = tenant_of_device(member.state_interface);
  return tenant.empty() ? tenant_of_device(member.interface) : tenant;
}

static std::string member_key(std::string_view queue, std::string_view interface) {
  return std::string(queue).append("\n").append(interface);
}

// QueueMember (a list's item) and the events call the same things by other names.
static QueueMember member_of(const Packet& packet, std::uint64_t seen) {
  auto either = [&](const char* event, const char* item) {
    std::string_view value = packet.get(event);
    return std::string(value.empty() ? packet.get(item) : value);
  };
  QueueMember member;
  member.interface = either("Interface", "Location");
  member.name = either("MemberName", "Name");
  member.state_interface = packet.get("StateInterface");
  member.membership = packet.get("Membership");
  member.penalty = static_cast<int>(packet.integer("Penalty"));
  member.status = static_cast<int>(packet.integer("Status"));
  member.paused = packet.get("Paused") == "1";
  member.in_call = packet.get("InCall") == "1";
  member.ring_in_use = packet.get("Ringinuse") == "1";
  member.paused_reason = packet.get("PausedReason");
  member.calls_taken = packet.integer("CallsTaken");
  member.last_call = packet.integer("LastCall");
  member.last_pause = packet.integer("LastPause");
  member.login_time = packet.integer("LoginTime");
  member.wrapup = packet.integer("Wrapuptime");
  member.seen = seen;
  return member;
}

static auto place_of(std::vector<QueueMember>& members, std::string_view interface) {
  return std::lower_bound(
      members.begin(), members.end(), interface,
      [](const QueueMember& member, std::string_view key) { return member.interface < key; });
}

void Live::queue_member(const Packet& event, bool gone) {
  Queue& target = queue(event.get("Queue"));
  QueueMember member = member_of(event, sequence_);
  auto place = place_of(target.members, member.interface);
  bool known = place != target.members.end() && place->interface == member.interface;
  if (gone) {
    removed('m', member_key(target.name, member.interface));
    if (known) target.members.erase(place);
  } else if (known) {
    *place = std::move(member);
  } else {
    target.members.insert(place, std::move(member));
  }
}

static void sort_callers(std::vector<QueueCaller>& callers) {
  std::sort(callers.begin(), callers.end(), [](const QueueCaller& a, const QueueCaller& b) {
    return a.position < b.position;
  });
}

static std::string known(std::string_view text) {
  return std::string(text == "<unknown>" || text == "unknown" ? std::string_view() : text);
}

static QueueCaller caller_of(const Packet& packet, std::int64_t since, std::uint64_t seen) {
  return {std::string(packet.get("Uniqueid")), std::string(packet.get("Channel")),
          known(packet.get("CallerIDNum")),    known(packet.get("CallerIDName")),
          static_cast<int>(packet.integer("Position")), since, seen};
}

void Live::caller_joins(const Packet& event, std::int64_t now) {
  Queue& target = queue(event.get("Queue"));
  QueueCaller caller = caller_of(event, now, sequence_);
  std::erase_if(target.callers, [&](const QueueCaller& one) { return one.uniqueid == caller.uniqueid; });
  for (QueueCaller& one : target.callers) {
    if (one.position >= caller.position) ++one.position;
  }
  target.callers.push_back(std::move(caller));
  sort_callers(target.callers);
  guess(event, "Queue", event.get("Queue"));
}

void Live::caller_leaves(const Packet& event, bool abandons) {
  Queue& target = queue(event.get("Queue"));
  std::string_view uniqueid = event.get("Uniqueid");
  if (abandons) ++target.abandoned;
  removed('q', member_key(target.name, uniqueid));
  auto found = std::find_if(target.callers.begin(), target.callers.end(),
                            [&](const QueueCaller& one) { return one.uniqueid == uniqueid; });
  // An abandoned caller is announced twice: Abandon, then Leave.
  if (found == target.callers.end()) return;
  int position = found->position;
  target.callers.erase(found);
  for (QueueCaller& one : target.callers) {
    if (one.position > position) --one.position;
  }
}

// A list and the queue as events left it: what an event named since the list was asked
// for stays as the event said, gone ones stay gone.
void Live::merge_queues(const std::vector<Packet>& items, std::int64_t now) {
  std::unordered_map<std::string, Queue> listed;
  for (const Packet& item : items) {
    std::string name(item.get("Queue"));
    Queue& target = listed[name];
    std::string_view kind = item.get("Event");
    if (kind == "QueueParams") {
      target.node = node_;
      target.name = name;
      target.tenant = tenant_of_peer(name);
      target.strategy = item.get("Strategy");
      target.max = item.integer("Max");
      target.weight = item.integer("Weight");
      target.holdtime = item.integer("Holdtime");
      target.talktime = item.integer("TalkTime");
      target.completed = item.integer("Completed");
      target.abandoned = item.integer("Abandoned");
      target.service_level = item.integer("ServiceLevel");
      target.service_level_percent = item.get("ServicelevelPerf");
    } else if (kind == "QueueMember") {
      target.members.push_back(member_of(item, sequence_));
    } else if (kind == "QueueEntry") {
      target.callers.push_back(caller_of(item, now - item.integer("Wait"), sequence_));
    }
  }
  for (auto& item : listed) {
    const std::string& name = item.first;
    Queue& fresh = item.second;
    if (fresh.name.empty()) continue;
    Entry<Queue>& entry = queues_[name];
    Queue& old = entry.value;
    std::erase_if(fresh.members, [&](const QueueMember& member) {
      auto same = place_of(old.members, member.interface);
      bool by_event = same != old.members.end() && same->interface == member.interface &&
                      newer_in_queue(same->seen, name);
      return by_event || was_removed('m', member_key(name, member.interface));
    });
    for (QueueMember& member : old.members) {
      if (newer_in_queue(member.seen, name)) fresh.members.push_back(std::move(member));
    }
    std::sort(fresh.members.begin(), fresh.members.end(),
              [](const QueueMember& a, const QueueMember& b) { return a.interface < b.interface; });
    std::erase_if(fresh.callers, [&](const QueueCaller& caller) {
      bool by_event = std::any_of(old.callers.begin(), old.callers.end(), [&](const QueueCaller& one) {
        return one.uniqueid == caller.uniqueid && newer_in_queue(one.seen, name);
      });
      return by_event || was_removed('q', member_key(name, caller.uniqueid));
    });
    for (QueueCaller& caller : old.callers) {
      if (newer_in_queue(caller.seen, name)) fresh.callers.push_back(std::move(caller));
    }
    sort_callers(fresh.callers);
    old = std::move(fresh);
    entry.seen = sequence_;
  }
}

bool Live::newer_in_queue(std::uint64_t seen, const std::string& name) const {
  auto asked = asked_queues_.find(name);
  return asked == asked_queues_.end() ? newer(seen, List::queues) : seen > asked->second;
}

void Live::end_queue(const std::string& name, const std::vector<Packet>& items, std::int64_t now) {
  ++sequence_;
  merge_queues(items, now);
  asked_queues_.erase(name);
  forget_removed();
}

static std::string place_key(const Packet& event) {
  return std::string(event.get("Parkinglot")).append("/").append(event.get("ParkingSpace"));
}

void Live::park(const Packet& event, std::int64_t now, bool from_event) {
  std::string key = place_key(event);
  Entry<Parked>& entry = parked_[key];
  if (!from_event && (newer(entry.seen, List::parked) || was_removed('p', key))) {
    if (entry.seen == 0) parked_.erase(key);
    return;
  }
  entry.seen = sequence_;
  Parked& parked = entry.value;
  parked.node = node_;
  parked.lot = event.get("Parkinglot");
  parked.space = event.get("ParkingSpace");
  parked.channel = event.get("ParkeeChannel");
  parked.uniqueid = event.get("ParkeeUniqueid");
  parked.caller_number = known(event.get("ParkeeCallerIDNum"));
  parked.caller_name = known(event.get("ParkeeCallerIDName"));
  parked.connected_number = known(event.get("ParkeeConnectedLineNum"));
  parked.connected_name = known(event.get("ParkeeConnectedLineName"));
  parked.parker = event.get("ParkerDialString");
  parked.since = now - event.integer("ParkingDuration");
  parked.timeout = event.integer("ParkingTimeout");
  parked.tenant = event.get("ParkeeAccountCode");
  if (!parked.tenant.empty()) return;
  const Channel* parkee = channel(parked.uniqueid);
  parked.tenant = parkee ? tenant(*parkee) : tenant_of_peer(peer_of(parked.channel));
}

void Live::unpark(const Packet& event) {
  std::string key = place_key(event);
  removed('p', key);
  parked_.erase(key);
}

}  // namespace host::ami
