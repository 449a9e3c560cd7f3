#include "ami/hub.h"

#include <optional>

#include "base/log.h"
#include "unit/ami_support.h"

using namespace host;
using namespace host::ami;
using base::Code;
using base::Result;
using support::turn_until;

namespace {

const Sight all{true, ""};
const Sight demo{false, "DEMO"};
const Sight north{false, "NORTH"};

// The fake and the callers share this thread's loop; the hub has its own thread.
struct Setup {
  Setup() {
    base::log::configure({base::log::Level::error, false, 2});
    auto opened = Fake::open(loop);
    REQUIRE(opened);
    fake = *std::move(opened);
  }
  NodeSettings node(std::string name, std::uint16_t port) {
    NodeSettings settings;
    settings.node = std::move(name);
    settings.port = port;
    settings.username = "patchbay";
    settings.secret = "fake";
    settings.retry_ms = 5;
    settings.retry_most_ms = 20;
    return settings;
  }
  void start(std::vector<NodeSettings> nodes) {
    hub = std::make_unique<Hub>(std::move(nodes));
    hub->start();
  }
  void up() {
    start({node("srv02", fake->port())});
    REQUIRE(turn_until(loop, [&] { return hub->nodes()[0].synced; }));
  }
  Result<Reply> ask(std::string node, Action action) {
    std::optional<Result<Reply>> reply;
    auto pending = hub->send(loop, std::move(node), std::move(action), 5000,
                             [&](Result<Reply> result) { reply.emplace(std::move(result)); });
    REQUIRE(turn_until(loop, [&] { return reply.has_value(); }));
    return *std::move(reply);
  }

  loop::Loop loop;
  std::unique_ptr<Fake> fake;
  std::unique_ptr<Hub> hub;
};

Packet new_channel(std::string_view name, std::string_view uniqueid, std::string_view account) {
  return {{"Event", "Newchannel"}, {"Channel", name},      {"ChannelState", "4"},
          {"AccountCode", account}, {"Uniqueid", uniqueid}, {"Linkedid", uniqueid}};
}

}  // namespace

TEST_CASE("an action goes to the node and its reply comes back on the caller's loop") {
  Setup t;
  t.up();
  t.fake->expect("DBGet", {{"Key", "100-DEMO"}}).success("Result will follow");
  auto reply = t.ask("", Action("DBGet").add("Key", "100-DEMO"));
  REQUIRE(reply);
  REQUIRE(reply->response.get("Message") == "Result will follow");
  auto unknown = t.ask("nowhere", Action("DBGet"));
  REQUIRE_FALSE(unknown);
  REQUIRE(unknown.error().code == Code::not_found);
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("a node that is away is said at once, another one serves in its place") {
  Setup t;
  t.start({t.node("dead", 1), t.node("srv02", t.fake->port())});
  REQUIRE(turn_until(t.loop, [&] {
    auto nodes = t.hub->nodes();
    return nodes[0].state == State::down && nodes[1].synced;
  }));
  auto away = t.ask("dead", Action("DBGet"));
  REQUIRE_FALSE(away);
  REQUIRE(away.error().code == Code::unavailable);
  REQUIRE(away.error().message.find("asterisk node dead is down: connect") == 0);
  t.fake->expect("DBGet").success();
  REQUIRE(t.ask("", Action("DBGet")));
  REQUIRE_FALSE(t.hub->nodes()[0].error.empty());
  REQUIRE(t.hub->nodes()[1].version == "Asterisk Call Manager/11.0.0");
}

TEST_CASE("without nodes an action is unavailable") {
  Setup t;
  t.start({});
  auto reply = t.ask("", Action("DBGet"));
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::unavailable);
}

TEST_CASE("the live state starts with the lists and follows the events, per tenant") {
  Setup t;
  t.fake->set_list("CoreShowChannels", {Packet{{"Event", "CoreShowChannel"},
                                               {"Channel", "PJSIP/100-DEMO-00000001"},
                                               {"ChannelState", "6"},
                                               {"AccountCode", "DEMO"},
                                               {"Uniqueid", "1.1"},
                                               {"Linkedid", "1.1"},
                                               {"Application", "Dial"},
                                               {"Duration", "00:01:00"}}});
  t.fake->set_list("DeviceStateList", {Packet{{"Event", "DeviceStateChange"},
                                              {"Device", "PJSIP/100-DEMO"}, {"State", "INUSE"}}});
  t.up();
  REQUIRE(t.hub->channels(all).size() == 1);
  REQUIRE(t.hub->device_state("PJSIP/100-DEMO") == "INUSE");
  REQUIRE(t.hub->device_state("PJSIP/nobody") == "");
  t.fake->emit(new_channel("PJSIP/100-NORTH-00000002", "2.1", "NORTH"));
  REQUIRE(turn_until(t.loop, [&] { return t.hub->channels(all).size() == 2; }));
  REQUIRE(t.hub->channels(demo).size() == 1);
  REQUIRE(t.hub->channels(demo)[0].tenant == "DEMO");
  ChannelFilter filter;
  filter.peer = "100-NORTH";
  REQUIRE(t.hub->channels(north, filter).size() == 1);
  filter.peer = "100-DEMO";
  REQUIRE(t.hub->channels(north, filter).empty());
  REQUIRE(t.hub->channel(demo, "PJSIP/100-DEMO-00000001"));
  REQUIRE_FALSE(t.hub->channel(north, "PJSIP/100-DEMO-00000001"));
  REQUIRE(t.hub->channels(Sight{false, ""}).empty());
  auto count = t.hub->count(demo);
  REQUIRE(count.size() == 1);
  REQUIRE(count[0].node == "srv02");
  REQUIRE(count[0].channels == 1);
  REQUIRE(count[0].calls == 1);
}

TEST_CASE("after a reconnect what is gone is dropped") {
  Setup t;
  t.up();
  t.fake->emit(new_channel("PJSIP/100-DEMO-00000001", "1.1", "DEMO"));
  REQUIRE(turn_until(t.loop, [&] { return t.hub->channels(all).size() == 1; }));
  t.fake->hang_up_all();
  REQUIRE(turn_until(t.loop, [&] { return t.hub->channels(all).empty(); }));
  REQUIRE(turn_until(t.loop, [&] { return t.hub->nodes()[0].synced; }));
  REQUIRE(t.hub->nodes()[0].counters.reconnects == 1);
}

TEST_CASE("the details of a contact are asked for once it is announced") {
  Setup t;
  t.up();
  t.fake->expect("PJSIPShowEndpoint", {{"Endpoint", "103-DEMO"}})
      .list({Packet{{"Event", "ContactStatusDetail"}, {"AOR", "103-DEMO"},
                    {"URI", "sip:103-DEMO@127.0.0.1:5100"}, {"UserAgent", "Phone/2"}}},
            "EndpointDetailComplete");
  t.fake->emit(Packet{{"Event", "ContactStatus"}, {"AOR", "103-DEMO"}, {"EndpointName", "103-DEMO"},
                      {"URI", "sip:103-DEMO@127.0.0.1:5100"}, {"ContactStatus", "NonQualified"}});
  REQUIRE(turn_until(t.loop, [&] {
    auto contacts = t.hub->contacts(demo, "103-DEMO");
    return contacts.size() == 1 && contacts[0].user_agent == "Phone/2";
  }));
  REQUIRE(t.hub->contacts(north).empty());
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("a subscriber gets what it asked for, in order, with the tenant") {
  Setup t;
  t.up();
  std::vector<Event> seen;
  std::vector<Event> of_north;
  auto subscription = t.hub->subscribe(t.loop, {{"Newchannel", "Hangup"}, true, ""},
                                       [&](std::vector<Event> events, std::uint64_t lost) {
                                         REQUIRE(lost == 0);
                                         for (Event& event : events) seen.push_back(std::move(event));
                                       });
  auto other = t.hub->subscribe(t.loop, {{}, false, "NORTH"}, [&](std::vector<Event> events, std::uint64_t) {
    for (Event& event : events) of_north.push_back(std::move(event));
  });
  t.fake->emit(new_channel("PJSIP/trunk1-00000001", "1.1", "DEMO"));
  t.fake->emit(Packet{{"Event", "UserEvent"}, {"UserEvent", "X"}});
  t.fake->emit(Packet{{"Event", "Hangup"}, {"Uniqueid", "1.1"}});
  t.fake->emit(new_channel("PJSIP/100-NORTH-00000002", "2.1", ""));
  REQUIRE(turn_until(t.loop, [&] { return seen.size() == 3 && of_north.size() == 1; }));
  REQUIRE(seen[0].node == "srv02");
  REQUIRE(seen[1].packet->get("Event") == "Hangup");
  REQUIRE(seen[1].tenant == "DEMO");
  REQUIRE(of_north[0].packet->get("Uniqueid") == "2.1");
  subscription = {};
  t.fake->emit(new_channel("PJSIP/100-NORTH-00000003", "3.1", ""));
  REQUIRE(turn_until(t.loop, [&] { return of_north.size() == 2; }));
  REQUIRE(seen.size() == 3);
}

TEST_CASE("a subscriber that does not keep up loses the oldest and is told how many") {
  Setup t;
  t.up();
  loop::Loop slow;
  std::size_t got = 0;
  std::uint64_t lost = 0;
  std::string last;
  auto subscription = t.hub->subscribe(slow, {{"UserEvent", "Newchannel"}, true, ""},
                                       [&](std::vector<Event> events, std::uint64_t missed) {
                                         got += events.size();
                                         lost += missed;
                                         last = events.back().packet->get("Event");
                                       });
  std::string burst;
  const std::size_t many = Hub::most_queued + 500;
  for (std::size_t i = 0; i < many; ++i) burst += "Event: UserEvent\r\nUserEvent: X\r\n\r\n";
  t.fake->emit_raw(burst);
  t.fake->emit(new_channel("PJSIP/100-DEMO-00000001", "1.1", ""));
  REQUIRE(turn_until(t.loop, [&] { return t.hub->channels(all).size() == 1; }));
  slow.poll();
  REQUIRE(got == Hub::most_queued);
  REQUIRE(lost == 501);
  REQUIRE(last == "Newchannel");
}

TEST_CASE("queues show a tenant only its own members and callers") {
  Setup t;
  t.fake->set_list("QueueStatus",
                   {Packet{{"Event", "QueueParams"}, {"Queue", "12"}, {"Strategy", "ringall"}},
                    Packet{{"Event", "QueueMember"}, {"Queue", "12"}, {"Location", "PJSIP/100-DEMO"}},
                    Packet{{"Event", "QueueMember"}, {"Queue", "12"}, {"Location", "PJSIP/100-NORTH"}},
                    Packet{{"Event", "QueueEntry"}, {"Queue", "12"}, {"Uniqueid", "9.9"}, {"Position", "1"}},
                    Packet{{"Event", "QueueParams"}, {"Queue", "9200-NORTH"}}});
  t.up();
  REQUIRE(t.hub->queues(all).size() == 2);
  REQUIRE(t.hub->queues(demo).empty());
  REQUIRE(t.hub->queues(north).size() == 1);
  auto queue = t.hub->queues(demo, "12");
  REQUIRE(queue.size() == 1);
  REQUIRE(queue[0].members.size() == 1);
  REQUIRE(queue[0].members[0].interface == "PJSIP/100-DEMO");
  REQUIRE(queue[0].callers.empty());
  REQUIRE(t.hub->queues(demo, "9200-NORTH").empty());
  REQUIRE(t.hub->queues(all, "12")[0].callers.size() == 1);
}

TEST_CASE("a member is its phone's tenant's, however it is rung") {
  Setup t;
  auto member = [](std::string_view interface, std::string_view state) {
    return Packet{{"Event", "QueueMember"}, {"Queue", "12"}, {"Location", interface},
                  {"StateInterface", state}};
  };
  t.fake->set_list("QueueStatus",
                   {Packet{{"Event", "QueueParams"}, {"Queue", "12"}, {"Strategy", "ringall"}},
                    member("Local/AG-000-NF-1@fromotherpbx/n", "Custom:100-DEMO"),
                    member("Local/AG-001-NF-2@fromotherpbx/n", "Custom:100-NORTH"),
                    member("Local/5@somewhere", "Local/5@somewhere"),
                    member("Local/101-DEMO@queues/n", "Local/101-DEMO@queues/n")});
  t.up();
  auto seen = t.hub->queues(demo, "12")[0].members;
  REQUIRE(seen.size() == 3);
  REQUIRE(seen[0].interface == "Local/101-DEMO@queues/n");
  REQUIRE(seen[1].interface == "Local/5@somewhere");
  REQUIRE(seen[2].interface == "Local/AG-000-NF-1@fromotherpbx/n");
  REQUIRE(t.hub->queues(Sight{false, "OTHER"}, "12")[0].members.empty());
  REQUIRE(t.hub->queues(all, "12")[0].members.size() == 4);
}

TEST_CASE("a queue that is loaded after the connect is asked for once an event names it") {
  Setup t;
  t.up();
  REQUIRE(t.hub->queues(all).empty());
  t.fake->set_list("QueueStatus",
                   {Packet{{"Event", "QueueParams"}, {"Queue", "12"}, {"Strategy", "rrmemory"}},
                    Packet{{"Event", "QueueMember"}, {"Queue", "12"}, {"CallsTaken", "2"},
                           {"Location", "Local/AG-000-NF-1@fromotherpbx/n"},
                           {"StateInterface", "Custom:100-DEMO"}}});
  t.fake->emit({{"Event", "QueueCallerJoin"}, {"Queue", "12"}, {"Uniqueid", "9.9"}, {"Position", "1"}});
  REQUIRE(turn_until(t.loop, [&] {
    auto queues = t.hub->queues(demo, "12");
    return queues.size() == 1 && queues[0].strategy == "rrmemory";
  }));
  auto queue = t.hub->queues(all, "12")[0];
  REQUIRE(queue.members.size() == 1);
  REQUIRE(queue.members[0].calls_taken == 2);
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("waits may end before and after the hub") {
  Setup t;
  t.up();
  t.fake->expect("DBGet").silence();
  bool called = false;
  auto pending = t.hub->send(t.loop, "", Action("DBGet"), 60000, [&](Result<Reply>) { called = true; });
  REQUIRE(turn_until(t.loop, [&] { return t.fake->received().size() == 1; }));
  {
    auto dropped = t.hub->send(t.loop, "", Action("DBPut"), 60000, [&](Result<Reply>) { called = true; });
  }
  t.hub.reset();
  pending = {};
  t.loop.poll();
  REQUIRE_FALSE(called);
}

TEST_CASE("four threads may ask at once") {
  Setup t;
  t.up();
  constexpr int each = 200;
  for (int i = 0; i < 4 * each; ++i) t.fake->expect("DBGet").success();
  std::atomic<int> answered = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      loop::Loop mine;
      std::vector<loop::Pending> pending;
      int left = each;
      for (int k = 0; k < each; ++k) {
        pending.push_back(t.hub->send(mine, "", Action("DBGet"), 20000, [&](Result<Reply> reply) {
          if (reply) ++answered;
          --left;
        }));
        (void)t.hub->channels(all);
      }
      while (left > 0) {
        mine.poll();
        std::this_thread::sleep_for(std::chrono::microseconds(100));
      }
    });
  }
  REQUIRE(turn_until(t.loop, [&] { return answered == 4 * each; }));
  for (auto& thread : threads) thread.join();
}
