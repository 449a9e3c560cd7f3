#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "base/log.h"

namespace logs = host::base::log;

namespace {
// Lines go into a pipe while it lives.
class Captured {
 public:
  Captured() {
    REQUIRE(pipe2(ends_, O_NONBLOCK) == 0);
    logs::configure({logs::Level::info, false, ends_[1]});
  }
  ~Captured() {
    logs::configure({});
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  int end() const { return ends_[1]; }
  // What has come since the last look.
  std::string text() {
    char bytes[65536];
    ssize_t count = ::read(ends_[0], bytes, sizeof bytes);
    return count > 0 ? std::string(bytes, static_cast<std::size_t>(count)) : std::string();
  }

 private:
  int ends_[2];
};

template <typename Work>
void on_a_thread(Work work) {
  std::thread(work).join();
}
}  // namespace

TEST_CASE("a line has its time, level, area, message and fields") {
  Captured captured;
  logs::info("http", "two words", {{"count", 7}, {"path", "/a b"}, {"odd", "x\"\n\x01"}, {"part", 1.5}});
  std::string line = captured.text();
  REQUIRE(line.size() > 24);
  CHECK(line[4] == '-');
  CHECK(line[10] == 'T');
  CHECK(line[19] == '.');
  CHECK(line[23] == 'Z');
  CHECK(line.substr(24) == " info http two words count=7 path=\"/a b\" odd=\"x\\\"\\n\\u0001\" part=1.5\n");
}

// A script may name its fields after what a client sent.
TEST_CASE("a field's name cannot end the line either") {
  Captured captured;
  logs::info("a", "b", {{"x\ny= z", "1"}});
  CHECK(captured.text().substr(24) == " info a b \"x\\ny= z\"=1\n");
}

// Found: a request path with such bytes gave JSON lines that no reader took, and terminals of
// operators sequences to obey.
TEST_CASE("bytes that are no text, and controls above ASCII, are escaped") {
  Captured captured;
  bool json = GENERATE(false, true);
  logs::configure({logs::Level::info, json, captured.end()});
  logs::info("http", "GET", {{"a", "\x9b" "31m\xff"},
                             {"b", "\xc2\x9b" "31m"},
                             {"c", "x\xe2\x80\xaey\xe2\x81\xa6z\xe2\x80\xa8"},
                             {"d", "Zo\xc3\xab \xe2\x82\xac"}});
  std::string line = captured.text();
  auto has = [&](const char* text) { return line.find(text) != std::string::npos; };
  INFO(line);
  CHECK(has("\"\\u009b31m\\u00ff\""));
  CHECK(has("\"\\u009b31m\""));
  CHECK(has("\"x\\u202ey\\u2066z\\u2028\""));
  CHECK(has("\"Zo\xc3\xab \xe2\x82\xac\""));
}

TEST_CASE("warnings are kept when asked for, whatever is written") {
  logs::warn("a", "before");
  logs::configure({.level = logs::Level::none, .keep_warnings = true});
  logs::info("a", "not kept");
  logs::warn("a", "one", {{"text", "x y"}});
  on_a_thread([] { logs::error("b", "two"); });
  CHECK(logs::take_warnings() == std::vector<std::string>{"warn a one text=\"x y\"", "error b two"});
  CHECK(logs::take_warnings().empty());
  logs::configure({});
}

TEST_CASE("held lines wait for a flush, a warning or the end of the thread") {
  Captured captured;
  on_a_thread([&] {
    logs::hold_lines();
    logs::info("a", "one");
    CHECK(captured.text().empty());
    logs::flush();
    CHECK(captured.text().find(" info a one\n") != std::string::npos);
    logs::info("a", "two");
    logs::warn("a", "three");
    std::string both = captured.text();
    CHECK(both.find("two") < both.find("three"));
    logs::info("a", "four");
    CHECK(captured.text().empty());
  });
  CHECK(captured.text().find("four") != std::string::npos);
}

TEST_CASE("held lines do not pile up, and other threads do not hold theirs") {
  Captured captured;
  on_a_thread([&] {
    logs::hold_lines();
    std::string long_text(200, 'x');
    for (int i = 0; i < 50; ++i) logs::info("a", long_text);
    CHECK(captured.text().size() > 40 * long_text.size());
  });
  captured.text();
  logs::info("b", "at once");
  CHECK(captured.text().find("at once") != std::string::npos);
}

// Found: an error of a script made a line of 20 MB.
TEST_CASE("a line has a bound, and says what it left out") {
  Captured captured;
  logs::configure({logs::Level::info, false, captured.end(), false, 100});
  logs::info("a", std::string(80, 'm'), {{"first", std::string(15, 'f')}, {"second", std::string(5'000'000, 's')}});
  std::string line = captured.text().substr(24);
  CHECK(line == " info a " + std::string(80, 'm') + " first=" + std::string(15, 'f') + " \"\"=\"\" left_out=5000006\n");
  logs::configure({logs::Level::info, true, captured.end(), false, 10});
  logs::info("a", "123456789\xc3\xa4" "b");
  CHECK(captured.text().substr(35) == "\"level\":\"info\",\"area\":\"a\",\"message\":\"123456789\",\"left_out\":\"3\"}\n");
}
