#include "ami/client.h"

#include <optional>

#include "base/log.h"
#include "unit/ami_support.h"

using namespace host;
using namespace host::ami;
using base::Code;
using base::Result;
using support::turn_until;

namespace {

struct Heard final : Watcher {
  void on_up() override { ++ups; }
  void on_down(const base::Error& error) override {
    ++downs;
    reason = error;
  }
  void on_event(Packet event) override { events.push_back(std::move(event)); }
  int ups = 0, downs = 0;
  base::Error reason;
  std::vector<Packet> events;
};

struct Quiet {
  Quiet() { base::log::configure({base::log::Level::error, false, 2}); }
};

struct Setup : Quiet {
  explicit Setup(Fake::Settings settings = {}) {
    auto opened = Fake::open(loop, settings);
    REQUIRE(opened);
    fake = *std::move(opened);
    node.node = "srv02";
    node.port = fake->port();
    node.username = "patchbay";
    node.secret = "fake";
    node.retry_ms = 5;
    node.retry_most_ms = 20;
  }
  void start() {
    client = std::make_unique<Client>(loop, node, heard);
    client->start();
  }
  void up() {
    start();
    REQUIRE(turn_until(loop, [&] { return heard.ups == 1; }));
  }
  // One action, waited for.
  Result<Reply> ask(Action action, std::uint64_t timeout_ms = 60'000) {
    std::optional<Result<Reply>> reply;
    auto pending = client->send(std::move(action), timeout_ms,
                                [&](Result<Reply> result) { reply.emplace(std::move(result)); });
    REQUIRE_FALSE(reply);  // never before send() has returned
    REQUIRE(turn_until(loop, [&] { return reply.has_value(); }));
    return *std::move(reply);
  }

  loop::Loop loop;
  std::unique_ptr<Fake> fake;
  NodeSettings node;
  Heard heard;
  std::unique_ptr<Client> client;
};

}  // namespace

TEST_CASE("login by challenge, then an action is answered") {
  Setup t;
  t.up();
  REQUIRE(t.client->state() == State::up);
  REQUIRE(t.client->version() == "Asterisk Call Manager/11.0.0");
  t.fake->expect("DBPut", {{"Family", "DND"}, {"Key", "100-DEMO"}}).success("Updated database successfully");
  auto reply = t.ask(Action("DBPut").add("Family", "DND").add("Key", "100-DEMO").add("Val", "on"));
  REQUIRE(reply);
  REQUIRE(reply->response.get("Message") == "Updated database successfully");
  REQUIRE(reply->events.empty());
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("a manager without challenges gets the secret") {
  Setup t({.challenge = false});
  t.up();
  REQUIRE(t.client->state() == State::up);
}

TEST_CASE("a wrong secret is said, not logged, and tried again slowly") {
  Setup t;
  t.node.secret = "wrong";
  t.node.retry_most_ms = 60000;
  t.start();
  REQUIRE(turn_until(t.loop, [&] { return t.heard.downs > 0; }));
  REQUIRE(t.client->state() == State::down);
  REQUIRE(t.heard.reason.code == Code::denied);
  REQUIRE(t.heard.reason.message == "login as patchbay: Authentication failed");
  for (int i = 0; i < 200; ++i) t.loop.poll();
  REQUIRE(t.fake->logins() == 1);
  auto reply = t.ask(Action("Ping"));
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::unavailable);
  REQUIRE(reply.error().message == "asterisk node srv02 is down: login as patchbay: Authentication failed");
}

TEST_CASE("lists wait for FullyBooted, or a while when it does not come") {
  Setup t({.fully_booted = false});
  t.node.boot_ms = 60000;
  t.start();
  REQUIRE(turn_until(t.loop, [&] { return t.fake->logins() == 1; }));
  for (int i = 0; i < 100; ++i) t.loop.poll();
  REQUIRE(t.heard.ups == 0);
  t.fake->emit(Packet{{"Event", "FullyBooted"}});
  REQUIRE(turn_until(t.loop, [&] { return t.heard.ups == 1; }));

  Setup late({.fully_booted = false});
  late.node.boot_ms = 10;
  late.up();
  late.fake->emit(Packet{{"Event", "FullyBooted"}});
  REQUIRE(turn_until(late.loop, [&] { return late.heard.ups == 2; }));
}

TEST_CASE("a refusal carries asterisk's words") {
  Setup t;
  t.up();
  t.fake->expect("Redirect").error("Channel does not exist: X");
  auto reply = t.ask(Action("Redirect").add("Channel", "X"));
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::refused);
  REQUIRE(reply.error().message == "Channel does not exist: X");
}

TEST_CASE("a list is gathered up to its end and other events pass by") {
  Setup t;
  t.up();
  t.fake->expect("DBGetTree")
      .raw("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"
           "Event: DBGetTreeResponse\r\nActionID: {id}\r\nKey: /DND/1\r\n\r\n"
           "Event: DeviceStateChange\r\nDevice: PJSIP/100-DEMO\r\nState: INUSE\r\n\r\n"
           "Event: UserEvent\r\nActionID: of-somebody-else\r\nUserEvent: X\r\n\r\n"
           "Event: DBGetTreeResponse\r\nActionID: {id}\r\nKey: /DND/2\r\n\r\n"
           "Event: DBGetTreeComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 2\r\n\r\n");
  auto reply = t.ask(Action("DBGetTree"));
  REQUIRE(reply);
  REQUIRE(reply->events.size() == 2);
  REQUIRE(reply->events[1].get("Key") == "/DND/2");
  std::vector<std::string> names;
  for (const Packet& event : t.heard.events) names.emplace_back(event.get("Event"));
  REQUIRE(names == std::vector<std::string>{"FullyBooted", "DeviceStateChange", "UserEvent"});
}

TEST_CASE("an event that only carries the id of an answered action is an event") {
  Setup t;
  t.up();
  t.fake->expect("Originate").raw(
      "Response: Success\r\nActionID: {id}\r\nMessage: Originate successfully queued\r\n\r\n"
      "Event: OriginateResponse\r\nActionID: {id}\r\nResponse: Failure\r\nReason: 0\r\n\r\n");
  auto reply = t.ask(Action("Originate").add("Channel", "PJSIP/100-DEMO"));
  REQUIRE(reply);
  REQUIRE(turn_until(t.loop, [&] { return t.heard.events.size() == 2; }));
  REQUIRE(t.heard.events[1].get("ActionID") == reply->action_id);
  REQUIRE(t.fake->received().back().get("Async") == "true");
}

TEST_CASE("sip passwords do not leave the client") {
  Setup t;
  t.up();
  std::string recorded = support::recording("endpoint");
  REQUIRE(recorded.find("Password: pw-100-DEMO") != std::string::npos);
  std::vector<Packet> items;
  for (Packet& packet : support::packets(recorded)) {
    if (packet.get("Event") == "AuthDetail") {
      packet.remove("ActionID");
      items.push_back(std::move(packet));
    }
  }
  REQUIRE(items.size() > 0);
  t.fake->expect("PJSIPShowEndpoint").list(items, "EndpointDetailComplete");
  auto reply = t.ask(Action("PJSIPShowEndpoint").add("Endpoint", "100-DEMO"));
  REQUIRE(reply);
  REQUIRE(reply->events.size() == items.size());
  for (const Packet& event : reply->events) {
    for (const char* secret : {"Password", "Md5Cred", "PasswordDigest", "OauthSecret", "RefreshToken"}) {
      REQUIRE_FALSE(event.has(secret));
    }
    REQUIRE(event.serialise().find("pw-100") == std::string::npos);
    REQUIRE(event.has("Username"));
  }
}

TEST_CASE("no answer in time is a timeout, and the late list disturbs nobody") {
  Setup t;
  t.up();
  t.fake->expect("QueueSummary").silence();
  auto reply = t.ask(Action("QueueSummary"), 30);
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::timeout);
  std::string id(t.fake->received().back().get("ActionID"));
  t.fake->emit_raw("Response: Success\r\nActionID: " + id + "\r\nEventList: start\r\n\r\n" +
                   "Event: QueueSummary\r\nActionID: " + id + "\r\n\r\n" +
                   "Event: QueueSummaryComplete\r\nActionID: " + id + "\r\nEventList: Complete\r\n\r\n" +
                   "Event: Marker\r\n\r\n");
  REQUIRE(turn_until(t.loop, [&] { return t.heard.events.back().get("Event") == "Marker"; }));
  REQUIRE(t.heard.events.size() == 2);
  REQUIRE(t.client->counters().timeouts == 1);
}

TEST_CASE("a dropped wait is not called back") {
  Setup t;
  t.up();
  t.fake->expect("DBGet").success();
  bool called = false;
  {
    auto pending = t.client->send(Action("DBGet"), 1000, [&](Result<Reply>) { called = true; });
  }
  REQUIRE(turn_until(t.loop, [&] { return t.fake->received().size() == 1; }));
  t.fake->expect("DBPut").success();
  REQUIRE(t.ask(Action("DBPut")));
  REQUIRE_FALSE(called);
}

TEST_CASE("what was on its way when asterisk goes fails once and is never sent again") {
  Setup t;
  t.up();
  t.fake->expect("Originate").hang_up();
  auto reply = t.ask(Action("Originate").add("Channel", "PJSIP/100-DEMO"));
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::timeout);  // not `unavailable`, which says that it was not sent
  REQUIRE(t.heard.downs == 1);
  REQUIRE(turn_until(t.loop, [&] { return t.heard.ups == 2; }));
  t.fake->expect("DBGet").success();
  REQUIRE(t.ask(Action("DBGet")));
  REQUIRE(t.fake->received().size() == 2);
  REQUIRE(t.fake->problems().empty());
}

TEST_CASE("half a packet before the end of the connection is forgotten") {
  Setup t;
  t.up();
  t.fake->emit_raw("Event: UserEvent\r\nText: ha");
  for (int i = 0; i < 50; ++i) t.loop.poll();
  t.fake->hang_up_all();
  REQUIRE(turn_until(t.loop, [&] { return t.heard.ups == 2; }));
  REQUIRE(t.heard.events.size() == 2);
}

TEST_CASE("a connection that is refused is tried again until somebody listens") {
  Setup t;
  t.node.port = 1;
  t.start();
  REQUIRE(turn_until(t.loop, [&] { return t.heard.downs >= 3; }));
  REQUIRE(t.client->state() == State::down);
  REQUIRE(t.heard.reason.code == Code::unavailable);
}

TEST_CASE("silence is broken by a ping, and no answer to it ends the connection") {
  Setup t;
  t.node.ping_ms = 300;
  t.up();
  t.fake->expect("Ping").success();
  t.fake->expect("Ping").success();
  REQUIRE(turn_until(t.loop, [&] { return t.fake->problems().empty(); }));
  REQUIRE(t.heard.downs == 0);
  t.fake->expect("Ping").silence();
  REQUIRE(turn_until(t.loop, [&] { return t.heard.downs == 1; }));
  REQUIRE(t.heard.reason.code == Code::timeout);
}

// Found: a manager that answered no action but sent events stayed up, and each dial waited 30 s.
TEST_CASE("a manager that only sends events is down, and up again when it answers") {
  Setup t;
  t.node.ping_ms = 300;
  t.up();
  t.fake->mute(true);
  std::optional<Result<Reply>> reply;
  auto pending = t.client->send(Action("DBGet"), 60'000, [&](Result<Reply> result) { reply = std::move(result); });
  auto chatter = [&] {
    t.fake->emit(Packet{{"Event", "UserEvent"}});
    return reply.has_value();
  };
  REQUIRE(turn_until(t.loop, chatter));
  REQUIRE_FALSE(*reply);
  REQUIRE(reply->error().code == Code::timeout);
  REQUIRE(t.client->counters().mute == 1);
  // It still logs in, which makes it no better.
  REQUIRE(turn_until(t.loop, [&] { return t.client->counters().mute == 3; }));
  REQUIRE(t.heard.ups == 1);
  REQUIRE(t.client->state() == State::down);
  t.fake->mute(false);
  REQUIRE(turn_until(t.loop, [&] { return t.heard.ups == 2; }));
  REQUIRE(t.client->state() == State::up);
}

TEST_CASE("a burst of events arrives whole and in order") {
  Setup t;
  t.up();
  std::string burst;
  constexpr int many = 20000;
  for (int i = 0; i < many; ++i) {
    burst += "Event: UserEvent\r\nNumber: " + std::to_string(i) + "\r\nText: " + std::string(40, 'x') + "\r\n\r\n";
  }
  t.fake->emit_raw(burst);
  REQUIRE(turn_until(t.loop, [&] { return t.heard.events.size() == many + 1; }));
  for (int i = 0; i < many; ++i) REQUIRE(t.heard.events[i + 1].integer("Number", -1) == i);
}

TEST_CASE("nothing that would change the shared session is sent") {
  Setup t;
  t.up();
  for (const char* name : {"Logoff", "events", "Login", "Filter", "WaitEvent"}) {
    auto reply = t.ask(Action(name));
    REQUIRE_FALSE(reply);
    REQUIRE(reply.error().code == Code::denied);
  }
  auto reply = t.ask(Action("DBPut").add("Val", "a\r\nAction: Logoff"));
  REQUIRE_FALSE(reply);
  REQUIRE(reply.error().code == Code::invalid);
  REQUIRE(t.fake->received().empty());
}

TEST_CASE("a client destroyed in the middle calls nobody") {
  Setup t;
  t.up();
  t.fake->expect("DBGet").silence();
  bool called = false;
  auto pending = t.client->send(Action("DBGet"), 50, [&](Result<Reply>) { called = true; });
  t.client.reset();
  for (int i = 0; i < 100; ++i) t.loop.poll();
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  for (int i = 0; i < 100; ++i) t.loop.poll();
  REQUIRE_FALSE(called);
}
