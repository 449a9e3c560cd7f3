#include "unit/ami_support.h"

using namespace host::ami;
using support::packets;
using support::recording;

static constexpr std::int64_t now = 1795300000;

TEST_CASE("a queue call: the caller waits, the members ring, the counters move") {
  Live live("n");
  std::size_t most_callers = 0;
  int ringing = 0;
  for (const Packet& packet : packets(recording("queue_answered"))) {
    live.apply(packet, now);
    auto found = live.queues().find("support");
    if (found == live.queues().end()) continue;
    const Queue& queue = found->second.value;
    if (queue.callers.size() > most_callers) {
      most_callers = queue.callers.size();
      REQUIRE(queue.callers[0].caller_number == "100");
      REQUIRE(queue.callers[0].position == 1);
      REQUIRE(queue.callers[0].since == now);
      REQUIRE(live.channel(queue.callers[0].uniqueid)->application == "Queue");
    }
    for (const QueueMember& member : queue.members) ringing += member.status == 6;
  }
  REQUIRE(most_callers == 1);
  REQUIRE(ringing > 0);
  const Queue& queue = live.queues().at("support").value;
  REQUIRE(queue.callers.empty());
  REQUIRE(queue.completed == 1);
  REQUIRE(queue.members.size() == 2);
  REQUIRE(queue.members[0].interface == "PJSIP/103-DEMO");
  REQUIRE(queue.members[0].name == "Agent 103");
  REQUIRE(queue.members[0].status == 1);
  REQUIRE(queue.members[0].calls_taken == 1);
  REQUIRE(live.channels().empty());
}

TEST_CASE("members come, pause, change and go") {
  Live live("n");
  bool paused = false;
  int penalty = 0;
  for (const Packet& packet : packets(recording("queue_members"))) {
    if (packet.get("Event") == "QueueMemberRemoved") break;
    live.apply(packet, now);
    auto found = live.queues().find("9200-NORTH");
    if (found == live.queues().end() || found->second.value.members.empty()) continue;
    const QueueMember& member = found->second.value.members.front();
    REQUIRE(member.interface == "PJSIP/100-NORTH");
    paused = paused || (packet.get("Event") == "QueueMemberPause" && member.paused);
    penalty = std::max(penalty, member.penalty);
  }
  REQUIRE(paused);
  REQUIRE(penalty == 5);
  replay(live, recording("queue_members"), now);
  REQUIRE(live.queues().at("9200-NORTH").value.members.empty());
  REQUIRE(live.queues().at("9200-NORTH").value.tenant == "NORTH");
}

static Packet caller(std::string_view event, std::string_view uniqueid, std::string_view position) {
  return {{"Event", event}, {"Queue", "q"}, {"Uniqueid", uniqueid}, {"Position", position}};
}

TEST_CASE("positions close up when a caller leaves and open when one is put in front") {
  Live live("n");
  live.apply(caller("QueueCallerJoin", "1.1", "1"), now);
  live.apply(caller("QueueCallerJoin", "1.2", "2"), now);
  live.apply(caller("QueueCallerJoin", "1.3", "1"), now);
  const Queue& queue = live.queues().at("q").value;
  REQUIRE(queue.callers.size() == 3);
  REQUIRE(queue.callers[0].uniqueid == "1.3");
  REQUIRE(queue.callers[2].uniqueid == "1.2");
  REQUIRE(queue.callers[2].position == 3);
  live.apply(caller("QueueCallerAbandon", "1.1", "2"), now);
  live.apply(caller("QueueCallerLeave", "1.1", "2"), now);
  REQUIRE(queue.callers.size() == 2);
  REQUIRE(queue.callers[1].uniqueid == "1.2");
  REQUIRE(queue.callers[1].position == 2);
  REQUIRE(queue.abandoned == 1);
}

TEST_CASE("a parked call is there until it is fetched") {
  Live live("n");
  std::size_t most = 0;
  for (const Packet& packet : packets(recording("parking"))) {
    live.apply(packet, now);
    if (live.parked().empty()) continue;
    most = live.parked().size();
    const Parked& parked = live.parked().begin()->second.value;
    REQUIRE(parked.space == "701");
    REQUIRE(parked.lot == "default");
    REQUIRE(parked.caller_number == "100");
    REQUIRE(parked.tenant == "DEMO");
  }
  REQUIRE(most == 1);
  REQUIRE(live.parked().empty());
}

TEST_CASE("a queue list: params, members and callers of each queue") {
  Live live("n");
  std::vector<Packet> list;
  for (Packet& packet : packets(recording("queue_waiting"))) {
    if (packet.get("Event") == "QueueStatusComplete") break;
    if (packet.has("ActionID") && packet.has("Queue")) list.push_back(std::move(packet));
  }
  live.begin(List::queues);
  live.end(List::queues, list, now);
  const Queue& queue = live.queues().at("support").value;
  REQUIRE(queue.strategy == "ringall");
  REQUIRE(queue.members.size() == 2);
  REQUIRE(queue.callers.size() == 2);
  REQUIRE(queue.callers[0].channel == "PJSIP/100-DEMO-00000037");
  REQUIRE(queue.callers[0].since == now - 1);
}

static Packet member(std::string_view interface, std::string_view paused) {
  return {{"Event", "QueueMember"}, {"Queue", "q"}, {"Name", interface}, {"Location", interface},
          {"Paused", paused}};
}
static const Packet params{{"Event", "QueueParams"}, {"Queue", "q"}, {"Strategy", "ringall"}};

TEST_CASE("what an event says while the queue list is on its way wins") {
  Live live("n");
  live.begin(List::queues);
  live.end(List::queues, {params, member("A", "0"), member("B", "0"), member("C", "0")}, now);
  live.begin(List::queues);
  live.apply(Packet{{"Event", "QueueMemberPause"}, {"Queue", "q"}, {"Interface", "A"}, {"Paused", "1"}}, now);
  live.apply(Packet{{"Event", "QueueMemberRemoved"}, {"Queue", "q"}, {"Interface", "B"}}, now);
  live.apply(Packet{{"Event", "QueueMemberAdded"}, {"Queue", "q"}, {"Interface", "D"}}, now);
  live.end(List::queues, {params, member("A", "0"), member("B", "0")}, now);
  const auto& members = live.queues().at("q").value.members;
  REQUIRE(members.size() == 2);
  REQUIRE(members[0].interface == "A");
  REQUIRE(members[0].paused);
  REQUIRE(members[1].interface == "D");

  live.begin(List::queues);
  live.end(List::queues, {}, now);
  REQUIRE(live.queues().empty());
}
