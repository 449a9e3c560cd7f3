// A manager for tests: speaks AMI on a loopback port, plays scripted steps, and
// remembers what was asked for and not expected. Lives on one Loop; logins, Ping and
// the lists the hub asks for after a connect are answered without a step.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ami/packet.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/tcp.h"

namespace host::ami {

class Fake {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  // What one expected action is answered with.
  class Step {
   public:
    Step& success(std::string message = "", Headers headers = {});
    Step& error(std::string message);
    // Event packets between `EventList: start` and `COMPLETE` (an event's name).
    Step& list(std::vector<Packet> items, std::string complete);
    // Bytes as they are; "{id}" becomes the ActionID.
    Step& raw(std::string bytes);
    Step& silence();  // no answer at all
    Step& hang_up();  // the connection closes instead
    // Events that follow the answer.
    Step& then(std::vector<Packet> events);

   private:
    friend class Fake;
    std::string action;
    Headers headers;
    std::string bytes = "Response: Success\r\nActionID: {id}\r\n\r\n";
    bool closes = false;
  };

  struct Settings {
    std::string username = "patchbay";
    std::string secret = "fake";
    bool challenge = true;      // false: an Asterisk that knows no MD5 login
    bool fully_booted = true;   // false: the event must be emitted by the test
    bool strict_order = false;  // steps only in the order they were expected
  };

  static base::Result<std::unique_ptr<Fake>> open(loop::Loop& loop, Settings settings);
  static base::Result<std::unique_ptr<Fake>> open(loop::Loop& loop) { return open(loop, {}); }
  ~Fake();
  Fake(const Fake&) = delete;
  Fake& operator=(const Fake&) = delete;

  std::uint16_t port() const noexcept;

  // The next action of this name that has these headers, any order among steps unless
  // strict. The reference is valid until the step is played.
  Step& expect(std::string action, Headers headers = {});
  // What a list action answers whenever it is asked (CoreShowChannels, QueueStatus, ...).
  void set_list(const std::string& action, std::vector<Packet> items);
  // To every session that has logged in.
  void emit(const Packet& event);
  void emit_raw(std::string_view bytes);
  void hang_up_all();
  // From here on nothing is answered but logins; events are sent.
  void mute(bool mute) noexcept { mute_ = mute; }

  // Every action received but logins, Pings and the hub's own lists, in order.
  const std::vector<Packet>& received() const noexcept { return received_; }
  std::size_t logins() const noexcept { return logins_; }
  std::size_t sessions() const noexcept { return sessions_.size(); }
  // One line for each unexpected action and each step that was not played.
  std::vector<std::string> problems() const;
  // Drops the steps and what was received: the next test starts afresh.
  void forget();

 private:
  struct Session;
  Fake(loop::Loop& loop, Settings settings);

  void accept(std::unique_ptr<loop::Stream> stream);
  void read(Session* session, base::Result<std::string_view> bytes);
  void act(Session* session, const Packet& action);
  bool log_in(Session* session, const Packet& action);
  bool play(Session* session, const Packet& action);
  bool answer_by_default(Session* session, const Packet& action);
  void close(Session* session);

  loop::Loop& loop_;
  Settings settings_;
  std::unique_ptr<loop::Listener> listener_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::deque<std::unique_ptr<Step>> steps_;
  std::map<std::string, std::vector<Packet>> lists_;
  std::vector<Packet> received_;
  std::vector<std::string> unexpected_;
  std::size_t logins_ = 0;
  bool mute_ = false;
  unsigned challenges_ = 0;
};

}  // namespace host::ami
