#include "ami/fake.h"

#include "unit/ami_support.h"

using namespace host;
using namespace host::ami;
using support::turn_until;

namespace {

// A bare connection, to see the fake's bytes as they are.
struct Setup {
  explicit Setup(Fake::Settings settings = {}) {
    auto opened = Fake::open(loop, settings);
    REQUIRE(opened);
    fake = *std::move(opened);
    auto pending = loop::connect(loop, {"127.0.0.1", fake->port(), ""}, 1000, [this](auto result) {
      REQUIRE(result);
      stream = *std::move(result);
    });
    REQUIRE(turn_until(loop, [&] { return stream != nullptr; }));
    stream->start_reading([this](base::Result<std::string_view> bytes) {
      if (!bytes || bytes->empty()) {
        closed = true;
      } else {
        text += *bytes;
      }
    });
  }
  void say(std::string bytes, std::string_view until) {
    stream->write(std::move(bytes));
    REQUIRE(turn_until(loop, [&] { return text.find(until) != std::string::npos; }));
  }
  void log_in() { say("Action: Login\r\nActionID: 1\r\nUsername: patchbay\r\nSecret: fake\r\n\r\n", "FullyBooted"); }

  loop::Loop loop;
  std::unique_ptr<Fake> fake;
  std::unique_ptr<loop::Stream> stream;
  std::string text;
  bool closed = false;
};

}  // namespace

TEST_CASE("the fake lets nobody act before a login") {
  Setup t;
  t.say("Action: DBGet\r\nActionID: 7\r\n\r\n", "Permission denied");
  t.log_in();
  REQUIRE(t.fake->logins() == 1);
}

TEST_CASE("the fake closes after a wrong secret") {
  Setup t;
  t.say("Action: Login\r\nUsername: patchbay\r\nSecret: x\r\n\r\n", "Authentication failed");
  REQUIRE(turn_until(t.loop, [&] { return t.closed; }));
}

TEST_CASE("the fake plays steps by their headers and reports the rest") {
  Setup t;
  t.log_in();
  t.fake->expect("DBGet", {{"Key", "a"}}).success("for a");
  t.fake->expect("DBGet", {{"Key", "b"}}).error("for b");
  t.fake->expect("DBPut", {{"Key", "c"}});
  t.say("Action: DBGet\r\nActionID: 2\r\nKey: b\r\n\r\n", "Message: for b");
  t.say("Action: DBGet\r\nActionID: 3\r\nKey: a\r\n\r\n", "Message: for a");
  t.say("Action: DBDel\r\nActionID: 4\r\nKey: d\r\n\r\n", "not expected by the test");
  auto problems = t.fake->problems();
  REQUIRE(problems == std::vector<std::string>{"not expected: DBDel Key=d", "not asked for: DBPut Key=c"});
  REQUIRE(t.fake->received().size() == 3);
  t.fake->forget();
  REQUIRE(t.fake->problems().empty());
  REQUIRE(t.fake->received().empty());
}

TEST_CASE("steps in strict order are not played out of order") {
  Setup t({.strict_order = true});
  t.log_in();
  t.fake->expect("DBGet");
  t.fake->expect("DBPut");
  t.say("Action: DBPut\r\nActionID: 2\r\n\r\n", "not expected by the test");
  REQUIRE(t.fake->problems().size() == 3);
}

TEST_CASE("lists, raw bytes and events that follow carry the id of the asker") {
  Setup t;
  t.log_in();
  t.fake->expect("QueueSummary").list({Packet{{"Event", "QueueSummary"}, {"Queue", "q"}}}, "QueueSummaryComplete");
  t.say("Action: QueueSummary\r\nActionID: x:1\r\n\r\n", "EventList: Complete");
  REQUIRE(t.text.find("Event: QueueSummary\r\nActionID: x:1\r\nQueue: q\r\n") != std::string::npos);
  REQUIRE(t.text.find("ListItems: 1") != std::string::npos);
  t.fake->expect("Park").raw("Response: Success\r\nActionID: {id}\r\nMessage: ok\n\r\n\r\n")
      .then({Packet{{"Event", "ParkedCall"}}});
  t.say("Action: Park\r\nActionID: x:2\r\n\r\n", "Event: ParkedCall");
  REQUIRE(t.text.find("ActionID: x:2\r\nMessage: ok\n\r\n\r\n") != std::string::npos);
  t.fake->set_list("ParkedCalls", {Packet{{"Event", "ParkedCall"}, {"ParkingSpace", "701"}}});
  t.say("Action: ParkedCalls\r\nActionID: x:3\r\n\r\n", "ParkedCallsComplete");
  REQUIRE(t.text.find("ParkingSpace: 701") != std::string::npos);
}
