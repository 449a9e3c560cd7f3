#include "ami/action.h"

#undef CHECK
#include <catch2/catch.hpp>

using host::ami::Action;
using host::base::Code;

static bool refused(const Action& action) {
  auto checked = action.check();
  return !checked && checked.error().code == Code::invalid;
}

TEST_CASE("an action goes out with its id and its headers in order") {
  Action action("DBGet");
  action.add("Family", "DND").add("Key", "100-DEMO");
  REQUIRE(action.check());
  REQUIRE(action.serialise("a-1") ==
        "Action: DBGet\r\nActionID: a-1\r\nFamily: DND\r\nKey: 100-DEMO\r\n\r\n");
}

TEST_CASE("a value that would become a second header is refused") {
  REQUIRE(refused(Action("DBPut").add("Val", "x\r\nAction: Logoff")));
  REQUIRE(refused(Action("DBPut").add("Val", "x\ny")));
  REQUIRE(refused(Action("DBPut").add("Val", "x\ry")));
  REQUIRE(refused(Action("DBPut").add("Val", std::string_view("x\0y", 3))));
}

TEST_CASE("header and action names are plain words") {
  REQUIRE(refused(Action("")));
  REQUIRE(refused(Action("Ping\r\nAction: Logoff")));
  REQUIRE(refused(Action("DBPut").add("", "x")));
  REQUIRE(refused(Action("DBPut").add("Val: x\r\nKey", "x")));
  REQUIRE(refused(Action("DBPut").add(" Val", "x")));
  REQUIRE(refused(Action("DBPut").add("Action", "Logoff")));
  REQUIRE(refused(Action("DBPut").add("actionid", "mine")));
}

TEST_CASE("a line is at most 1022 bytes and a packet at most 120 headers") {
  REQUIRE(Action("DBPut").add("Val", std::string(1022 - 5, 'x')).check());
  REQUIRE(refused(Action("DBPut").add("Val", std::string(1022 - 4, 'x'))));
  Action many("UserEvent");
  for (int i = 0; i < 120; ++i) many.add("H" + std::to_string(i), "x");
  REQUIRE(many.check());
  REQUIRE(refused(many.add("H120", "x")));
}

TEST_CASE("a variable name that is a dialplan function is refused") {
  REQUIRE(Action("Originate").add("Variable", "NAME=value").check());
  REQUIRE(Action("Originate").add("Variable", "__INHERITED=1").check());
  REQUIRE(Action("Originate").add("Variable", "EMPTY=").check());
  REQUIRE(refused(Action("Originate").add("Variable", "SHELL(id)=1")));
  REQUIRE(refused(Action("Originate").add("Variable", "FILE(/etc/x)=1")));
  REQUIRE(refused(Action("Originate").add("Variable", "9NINE=1")));
  REQUIRE(refused(Action("Originate").add("Variable", "=1")));
  REQUIRE(refused(Action("Originate").add("Variable", "NAME")));
  REQUIRE(refused(Action("Originate").add("Variable", "")));
}

// Asterisk splits one Variable header at commas, so a value could bring a second name.
TEST_CASE("a function name behind a comma is refused") {
  REQUIRE(Action("Originate").add("Variable", "A=1,B=2").check());
  REQUIRE(refused(Action("Originate").add("Variable", "A=1,SHELL(id)=2")));
  REQUIRE(refused(Action("Originate").add("Variable", "A=\"1,FILE(/x)=2\"")));
  REQUIRE(refused(Action("Originate").add("Variable", "A=1\\\\,SHELL(id)=2")));
}

TEST_CASE("variable() quotes what Asterisk would split at") {
  Action action("Originate");
  action.variable("NAME", "Rossi, \"M\" (x)[y]\\z=SHELL(id)");
  REQUIRE(action.check());
  REQUIRE(action.get("Variable") == "NAME=Rossi\\, \\\"M\\\" \\(x\\)\\[y\\]\\\\z=SHELL\\(id\\)");
  REQUIRE(refused(Action("Originate").variable("SHELL(id)", "1")));
  REQUIRE(refused(Action("Originate").variable("A", "1\r\nB: 2")));
}

TEST_CASE("notify takes sip header names as variables") {
  REQUIRE(Action("PJSIPNotify").add("Variable", "Event=check-sync").check());
  REQUIRE(Action("PJSIPNotify").add("Variable", "Content-Type=text/plain").check());
  REQUIRE(refused(Action("Originate").add("Variable", "Content-Type=text/plain")));
}

TEST_CASE("setvar and getvar take names and harmless functions") {
  REQUIRE(Action("Setvar").add("Variable", "DEVICE_STATE(Custom:DND100-DEMO)").check());
  REQUIRE(Action("Getvar").add("Variable", "GLOBALNAME").check());
  REQUIRE(refused(Action("Setvar").add("Variable", "SHELL(id)")));
  REQUIRE(refused(Action("Getvar").add("Variable", "FILE(/etc/passwd)")));
  REQUIRE(refused(Action("Getvar").add("Variable", "CHANNEL(${SHELL(id)})")));
  REQUIRE(refused(Action("Getvar").add("Variable", "CHANNEL(x)y")));
}

TEST_CASE("hangup takes a channel and never a pattern") {
  REQUIRE(Action("Hangup").add("Channel", "PJSIP/100-DEMO-00000001").check());
  REQUIRE(refused(Action("Hangup").add("Channel", "/^PJSIP/")));
  // Asterisk skips what stands before the value
  REQUIRE(refused(Action("Hangup").add("Channel", " /^PJSIP/")));
  REQUIRE(refused(Action("Hangup").add("Channel", "\t\x01/^PJSIP/")));
}

TEST_CASE("originate is asynchronous") {
  Action action("Originate");
  action.add("Channel", "PJSIP/100-DEMO");
  REQUIRE(action.serialise("1").find("Async: true\r\n\r\n") != std::string::npos);
  REQUIRE(refused(action.add("Async", "false")));
}
