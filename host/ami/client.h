// One connection to one Asterisk node, kept alive for ever: login, keep-alive,
// reconnect with back-off, ActionIDs, gathering of lists. Lives on one Loop; after the
// destructor returns no callback runs.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ami/action.h"
#include "ami/packet.h"
#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "loop/tcp.h"
#include "loop/timer.h"

namespace host::ami {

struct NodeSettings {
  std::string node;
  std::string host = "127.0.0.1";
  std::uint16_t port = 5038;
  std::string username;
  std::string secret;
  // Without dialplan: VarSet and Newexten are three quarters of the bytes.
  std::string events = "system,call,agent,reporting,user,cdr,security";
  std::uint64_t connect_ms = 5000;
  std::uint64_t login_ms = 10000;
  std::uint64_t boot_ms = 3000;   // how long FullyBooted may stay away after the login
  // How long no answer may come before a Ping is sent; after a fifth of it when an action
  // waits. A Ping that is not answered in half of it ends the connection, whatever else comes:
  // a manager that only sends events does nothing for anybody.
  std::uint64_t ping_ms = 10000;
  std::uint64_t retry_ms = 200;   // first wait before a new connection, doubled up to
  std::uint64_t retry_most_ms = 10000;
};

// The answer to one action: the response, and the items of a list in order (its
// closing `...Complete` is left out). SIP secrets have been taken out.
struct Reply {
  std::string node;
  std::string action_id;
  Packet response;
  std::vector<Packet> events;
};

enum class State { connecting, up, down };
std::string_view name(State state) noexcept;

struct Counters {
  std::uint64_t events = 0, bytes = 0, actions = 0, timeouts = 0, connects = 0, reconnects = 0;
  std::uint64_t mute = 0;  // connections ended because a Ping was not answered
};

// What the owner of a Client hears. Called on the loop's thread.
class Watcher {
 public:
  virtual ~Watcher() = default;
  // Logged in and fully booted; lists can be trusted. Comes again after each
  // reconnect, and when Asterisk says FullyBooted later than expected.
  virtual void on_up() = 0;
  virtual void on_down(const base::Error& error) = 0;
  virtual void on_event(Packet event) = 0;
};

class Client {
 public:
  using Done = base::Function<void(base::Result<Reply>)>;

  Client(loop::Loop& loop, NodeSettings settings, Watcher& watcher);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  void start();

  // Sends one action. `done` runs once, on a later turn: with the reply, `refused` and
  // Asterisk's words, `unavailable` when the node is away and nothing was sent, or
  // `timeout` when it was sent and no answer came, because of the deadline or because the
  // node went away: it may have been done. An action is never sent twice. Dropping the
  // Pending forgets the reply.
  loop::Pending send(Action action, std::uint64_t timeout_ms, Done done);

  State state() const noexcept { return state_; }
  const base::Error& last_error() const noexcept { return error_; }
  const std::string& version() const noexcept { return framer_.banner(); }
  const NodeSettings& settings() const noexcept { return settings_; }
  const Counters& counters() const noexcept { return counters_; }

 private:
  struct Waiting;
  struct Gone;  // outlives the client, tells callbacks and Pendings that it is gone

  void open();
  void on_bytes(base::Result<std::string_view> bytes);
  void on_packet(Packet packet);
  void on_banner();
  void log_in_with_secret();
  void on_login(const base::Result<Reply>& reply);
  void become_up();
  void keep_alive();
  void ping();
  void lose(base::Error error);
  void answer(std::unordered_map<std::string, std::shared_ptr<Waiting>>::iterator found,
              base::Result<Reply> result);
  std::shared_ptr<Waiting> submit(const Action& action, std::uint64_t timeout_ms, Done done);

  loop::Loop& loop_;
  NodeSettings settings_;
  Watcher& watcher_;
  Framer framer_;
  State state_ = State::connecting;
  base::Error error_;
  Counters counters_;

  std::shared_ptr<Gone> gone_;
  loop::Pending connecting_;
  std::unique_ptr<loop::Stream> stream_;
  loop::Timer retry_;
  loop::Timer phase_;  // end of login, then of the wait for FullyBooted
  loop::Timer ping_;
  loop::Deadlines deadlines_;
  std::unordered_map<std::string, std::shared_ptr<Waiting>> waiting_;

  bool greeted_ = false;
  bool logged_in_ = false;
  bool answered_ = false;  // a response since the last keep-alive tick
  bool pinging_ = false;
  bool mute_ = false;      // the last connection was: the next must answer before it is up
  unsigned silent_ = 0;    // ticks without a response
  bool complained_ = false;
  std::uint64_t retry_wait_ms_ = 0;
  std::uint64_t session_ = 0;  // counts connections; old callbacks compare it
  std::uint64_t next_id_ = 0;
  std::string id_prefix_;
  std::minstd_rand random_;
};

}  // namespace host::ami
