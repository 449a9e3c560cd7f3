#include "ami/packet.h"

#include "unit/ami_support.h"

using host::ami::Framer;
using host::ami::Packet;
using support::packets;

TEST_CASE("a packet keeps its headers in order and finds them without regard to case") {
  Packet packet("Event: Newchannel\r\nChannel:PJSIP/100-DEMO-1\r\nVariable: A=1\r\nvariable: B=2");
  REQUIRE(packet.size() == 4);
  REQUIRE(packet.get("EVENT") == "Newchannel");
  REQUIRE(packet.get("channel") == "PJSIP/100-DEMO-1");
  REQUIRE(packet.get("Variable") == "A=1");
  REQUIRE(packet.all("Variable") == std::vector<std::string_view>{"A=1", "B=2"});
  REQUIRE(packet.get("Absent").empty());
  REQUIRE_FALSE(packet.has("Absent"));
}

TEST_CASE("a removed header leaves nothing of its value") {
  Packet packet{{"Event", "AuthDetail"}, {"Password", "hidden-value"}, {"Username", "100"}};
  packet.remove("password");
  REQUIRE(packet.serialise() == "Event: AuthDetail\r\nUsername: 100\r\n\r\n");
  REQUIRE(packet.bytes() < 40);
}

TEST_CASE("lines without a colon are skipped and only one blank belongs to the separator") {
  Packet packet("Output:   indented\r\nnonsense\r\n: no name\r\nEmpty:\r\nBlank: ");
  REQUIRE(packet.size() == 3);
  REQUIRE(packet.get("Output") == "  indented");
  REQUIRE(packet.has("Empty"));
  REQUIRE(packet.get("Blank").empty());
}

TEST_CASE("the stream is cut at the same places whatever the reads are") {
  std::string bytes = support::recording("parking");
  auto whole = packets(bytes);
  REQUIRE(whole.size() > 20);
  for (std::size_t step : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    Framer framer;
    std::vector<Packet> found;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      framer.append(std::string_view(bytes).substr(at, step));
      for (auto packet = framer.next(); packet && *packet; packet = framer.next()) {
        found.push_back(std::move(**packet));
      }
    }
    REQUIRE(framer.banner() == "Asterisk Call Manager/11.0.0");
    REQUIRE(found.size() == whole.size());
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(found[i].serialise() == whole[i].serialise());
  }
}

TEST_CASE("a message that ends in a line feed is trimmed and the empty packet after it skipped") {
  auto found = packets("Response: Success\r\nMessage: Park successful\n\r\n\r\n\r\nEvent: Next\r\n\r\n");
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].get("Message") == "Park successful");
  REQUIRE(found[1].get("Event") == "Next");

  bool seen = false;
  for (const Packet& packet : packets(support::recording("parking"))) {
    seen = seen || packet.get("Message") == "Park successful";
  }
  REQUIRE(seen);
}

TEST_CASE("a line feed inside a value does not end it") {
  auto found = packets("Event: UserEvent\r\nText: one\ntwo: three\r\n\r\n");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].get("Text") == "one\ntwo: three");
}

TEST_CASE("command output keeps every line, also empty ones") {
  std::size_t most = 0;
  for (const Packet& packet : packets(support::recording("command"))) {
    most = std::max(most, packet.all("Output").size());
  }
  REQUIRE(most > 10);
  auto found = packets("Response: Success\r\nOutput: a\r\nOutput: \r\nOutput: b\r\n\r\n");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].all("Output") == std::vector<std::string_view>{"a", "", "b"});
}

TEST_CASE("a packet that does not end is refused at the limit") {
  Framer framer(1000);
  for (int i = 0; i < 9; ++i) {
    framer.append("Key: " + std::string(100, 'x') + "\r\n");
    auto packet = framer.next();
    REQUIRE(packet);
    REQUIRE_FALSE(packet->has_value());
  }
  framer.append("Key: " + std::string(100, 'x') + "\r\n");
  REQUIRE_FALSE(framer.next());
}

TEST_CASE("a large packet within the limit is whole") {
  std::string bytes = "Response: Success\r\n";
  for (int i = 0; i < 20000; ++i) bytes += "Output: line " + std::to_string(i) + "\r\n";
  auto found = packets(bytes + "\r\n");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].all("Output").size() == 20000);
}

TEST_CASE("bytes above ascii pass unchanged") {
  auto found = packets("CallerIDName: Andr\xc3\xa9 \xff\r\n\r\n");
  REQUIRE(found.size() == 1);
  REQUIRE(found[0].get("CallerIDName") == "Andr\xc3\xa9 \xff");
}
