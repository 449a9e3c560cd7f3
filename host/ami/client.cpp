#include "ami/client.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"

namespace host::ami {

using base::Code;
using base::Error;
using base::Result;
using base::text::iequals;

std::string_view name(State state) noexcept {
  switch (state) {
    case State::connecting: return "connecting";
    case State::up: return "up";
    case State::down: return "down";
  }
  return "down";
}

struct Client::Gone {
  bool gone = false;
};

// One action on its way. It stays in the table after a time-out or a dropped Pending
// until Asterisk has answered, so that late list items are not taken for events.
struct Client::Waiting {
  Done done;  // empty: nobody waits any more
  Reply reply;
  bool gathering = false;
  bool too_large = false;
  std::size_t bytes = 0;
  loop::Pending deadline;
};

// Of ping_ms.
static constexpr std::uint64_t ticks = 5;

// A list of everything on a large node stays far below.
static constexpr std::size_t largest_reply = 64 * 1024 * 1024;

static std::string md5(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
  return base::text::hex({reinterpret_cast<const char*>(digest.data()), size});
}

// PJSIPShowEndpoint and others answer with passwords in clear.
static void strip_secrets(Packet& packet) {
  static constexpr std::string_view secrets[] = {"Password",    "Md5Cred",      "PasswordDigest",
                                                 "OauthSecret", "RefreshToken", "Secret",
                                                 "MD5Secret"};
  for (std::string_view secret : secrets) packet.remove(secret);
}

Client::Client(loop::Loop& loop, NodeSettings settings, Watcher& watcher)
    : loop_(loop),
      settings_(std::move(settings)),
      watcher_(watcher),
      gone_(std::make_shared<Gone>()),
      retry_(loop, [this] { open(); }),
      phase_(loop,
             [this] {
               if (!logged_in_) return lose({Code::timeout, "login: no answer"});
               // The account cannot read class system, or Asterisk boots slowly. In the
               // second case FullyBooted comes later and everything is listed again.
               base::log::info("ami", "no FullyBooted after the login", {{"node", settings_.node}});
               become_up();
             }),
      ping_(loop, [this] { keep_alive(); }),
      deadlines_(loop),
      retry_wait_ms_(settings_.retry_ms),
      random_(std::random_device{}()) {}

Client::~Client() {
  gone_->gone = true;
  // Callbacks may own things that look at this client; they go without being called.
  auto waiting = std::move(waiting_);
  waiting_.clear();
}

void Client::start() { open(); }

void Client::open() {
  state_ = error_.message.empty() ? State::connecting : state_;
  ++session_;
  framer_.reset();
  greeted_ = logged_in_ = false;
  // No other session, and no earlier one, has these ids: a UserEvent of somebody else
  // carries the ActionID of its sender.
  id_prefix_ = fmt::format("{:08x}-", static_cast<unsigned>(random_()));
  connecting_ = loop::connect(loop_, {settings_.host, settings_.port, ""}, settings_.connect_ms,
                              [this](Result<std::unique_ptr<loop::Stream>> stream) {
                                if (!stream) return lose(std::move(stream).error());
                                stream_ = *std::move(stream);
                                phase_.start(settings_.login_ms);
                                stream_->start_reading([this](Result<std::string_view> bytes) {
                                  on_bytes(std::move(bytes));
                                });
                              });
}

void Client::on_bytes(Result<std::string_view> bytes) {
  if (!bytes) return lose(std::move(bytes).error());
  if (bytes->empty()) {
    return lose(base::unavailable(greeted_ ? "connection closed by Asterisk"
                                           : "connection closed before the banner"));
  }
  counters_.bytes += bytes->size();
  framer_.append(*bytes);
  auto gone = gone_;
  const std::uint64_t session = session_;
  Result<std::optional<Packet>> packet = framer_.next();
  if (!greeted_ && !framer_.banner().empty()) {
    greeted_ = true;
    on_banner();
  }
  while (packet && *packet) {
    on_packet(std::move(**packet));
    if (gone->gone) return;
    if (session_ != session || !stream_) return;
    packet = framer_.next();
  }
  if (!packet) lose(std::move(packet).error());
}

void Client::on_packet(Packet packet) {
  std::string_view id = packet.get("ActionID");
  auto found = id.empty() ? waiting_.end() : waiting_.find(std::string(id));
  if (packet.has("Response") && !packet.has("Event")) {
    answered_ = true;
    if (found == waiting_.end()) return;
    strip_secrets(packet);
    Waiting& waiting = *found->second;
    waiting.reply.response = std::move(packet);
    const Packet& response = waiting.reply.response;
    if (iequals(response.get("Response"), "Error")) {
      std::string_view text = response.get("Message");
      if (text.empty()) text = response.get("Output");
      return answer(found, Error{Code::refused, text.empty() ? "refused by asterisk" : std::string(text)});
    }
    if (iequals(response.get("EventList"), "start")) {
      waiting.gathering = true;
      return;
    }
    return answer(found, std::move(waiting.reply));
  }
  if (found != waiting_.end() && found->second->gathering) {
    answered_ = true;
    Waiting& waiting = *found->second;
    std::string_view list = packet.get("EventList");
    if (iequals(list, "Complete") || iequals(list, "Cancelled")) {
      if (waiting.too_large) {
        return answer(found, Error{Code::refused, "list larger than 64 MiB"});
      }
      return answer(found, std::move(waiting.reply));
    }
    waiting.bytes += packet.bytes();
    waiting.too_large = waiting.bytes > largest_reply;
    if (!waiting.done || waiting.too_large) {
      waiting.reply.events.clear();
      return;
    }
    strip_secrets(packet);
    waiting.reply.events.push_back(std::move(packet));
    return;
  }
  ++counters_.events;
  if (logged_in_ && packet.get("Event") == "FullyBooted") become_up();
  watcher_.on_event(std::move(packet));
}

void Client::answer(std::unordered_map<std::string, std::shared_ptr<Waiting>>::iterator found,
                    Result<Reply> result) {
  std::shared_ptr<Waiting> waiting = std::move(found->second);
  waiting_.erase(found);
  waiting->deadline = {};
  if (!waiting->done) return;
  Done done = std::move(waiting->done);
  waiting->done = nullptr;
  done(std::move(result));
}

std::shared_ptr<Client::Waiting> Client::submit(const Action& action, std::uint64_t timeout_ms,
                                                Done done) {
  std::string id = id_prefix_ + std::to_string(++next_id_);
  auto waiting = std::make_shared<Waiting>();
  waiting->done = std::move(done);
  waiting->reply.node = settings_.node;
  waiting->reply.action_id = id;
  waiting->deadline = deadlines_.after(
      timeout_ms, [this, weak = std::weak_ptr<Waiting>(waiting), what = action.name()] {
        auto waiting = weak.lock();
        if (!waiting || !waiting->done) return;
        ++counters_.timeouts;
        waiting->reply.events.clear();
        Done done = std::move(waiting->done);
        waiting->done = nullptr;
        done(Error{Code::timeout, what + ": no answer from " + settings_.node});
      });
  ++counters_.actions;
  waiting_.emplace(id, waiting);
  stream_->write(action.serialise(id));
  return waiting;
}

loop::Pending Client::send(Action action, std::uint64_t timeout_ms, Done done) {
  Error error;
  // These change the one session that everybody shares.
  static constexpr std::string_view own[] = {"Login",  "Logoff", "Challenge",
                                             "Events", "Filter", "WaitEvent"};
  if (auto checked = action.check(); !checked) {
    error = std::move(checked).error();
  } else if (std::any_of(std::begin(own), std::end(own),
                         [&](std::string_view name) { return iequals(name, action.name()); })) {
    error = {Code::denied, action.name() + ": the host alone manages the connection"};
  } else if (state_ != State::up) {
    error = base::unavailable(fmt::format("asterisk node {} is {}{}{}", settings_.node, name(state_),
                                          error_.message.empty() ? "" : ": ", error_.message));
  } else {
    auto waiting = submit(action, timeout_ms, std::move(done));
    return loop::Pending::cancelled_by([weak = std::weak_ptr<Waiting>(waiting)] {
      auto waiting = weak.lock();
      if (!waiting) return;
      waiting->done = nullptr;
      waiting->reply.events.clear();
    });
  }
  return loop_.later([done = std::move(done), error = std::move(error)]() mutable {
    done(std::move(error));
  });
}

void Client::on_banner() {
  submit(Action("Challenge").add("AuthType", "MD5"), settings_.login_ms, [this](Result<Reply> reply) {
    std::string_view challenge = reply ? reply->response.get("Challenge") : std::string_view();
    if (challenge.empty()) return log_in_with_secret();
    submit(Action("Login")
               .add("AuthType", "MD5")
               .add("Username", settings_.username)
               .add("Key", md5(std::string(challenge) + settings_.secret))
               .add("Events", settings_.events),
           settings_.login_ms, [this](Result<Reply> reply) { on_login(reply); });
  });
}

// A manager that knows no challenge.
void Client::log_in_with_secret() {
  if (!stream_) return;
  submit(Action("Login")
             .add("Username", settings_.username)
             .add("Secret", settings_.secret)
             .add("Events", settings_.events),
         settings_.login_ms, [this](Result<Reply> reply) { on_login(reply); });
}

void Client::on_login(const Result<Reply>& reply) {
  if (!reply) {
    // Asking again at once only fills Asterisk's log.
    if (reply.error().code == Code::refused) retry_wait_ms_ = settings_.retry_most_ms;
    return lose({reply.error().code == Code::refused ? Code::denied : reply.error().code,
                 "login as " + settings_.username + ": " + reply.error().message});
  }
  logged_in_ = true;
  ++counters_.connects;
  phase_.start(settings_.boot_ms);
}

void Client::become_up() {
  if (mute_) return ping();
  phase_.stop();
  if (state_ != State::up) {
    base::log::info("ami", "node is up", {{"node", settings_.node}, {"version", version()}});
  }
  state_ = State::up;
  error_ = {};
  complained_ = false;
  retry_wait_ms_ = settings_.retry_ms;
  answered_ = pinging_ = false;
  silent_ = 0;
  const std::uint64_t tick = std::max<std::uint64_t>(1, settings_.ping_ms / ticks);
  ping_.start(tick, tick);
  watcher_.on_up();
}

// Events alone are no sign of life: a manager may send them and answer nothing.
void Client::keep_alive() {
  if (std::exchange(answered_, false)) {
    silent_ = 0;
    return;
  }
  ++silent_;
  if (pinging_ || (waiting_.empty() && silent_ < ticks)) return;
  ping();
}

void Client::ping() {
  if (pinging_) return;
  pinging_ = true;
  submit(Action("Ping"), std::max<std::uint64_t>(1, settings_.ping_ms / 2), [this](Result<Reply> reply) {
    pinging_ = false;
    if (!reply && reply.error().code == Code::timeout) {
      mute_ = true;
      ++counters_.mute;
      return lose({Code::timeout, "no answer to Ping"});
    }
    if (reply && std::exchange(mute_, false)) become_up();
  });
}

void Client::lose(Error error) {
  stream_.reset();
  connecting_ = {};
  phase_.stop();
  ping_.stop();
  const bool was_up = state_ == State::up;
  state_ = State::down;
  error_ = std::move(error);
  logged_in_ = pinging_ = false;
  if (was_up || !complained_) {
    base::log::warn("ami", "node is away", {{"node", settings_.node}, {"reason", error_.message}});
    complained_ = true;
  }
  ++counters_.reconnects;
  // Half as much again or a quarter less, so that hosts do not come back in step.
  std::uint64_t wait = retry_wait_ms_ * 3 / 4 + random_() % (retry_wait_ms_ / 2 + 1);
  retry_.start(wait);
  retry_wait_ms_ = std::min(retry_wait_ms_ * 2, settings_.retry_most_ms);

  auto gone = gone_;
  auto waiting = std::move(waiting_);
  waiting_.clear();
  for (auto& [id, one] : waiting) {
    if (!one->done) continue;
    Done done = std::move(one->done);
    one->done = nullptr;
    one->deadline = {};
    // It was sent: whether Asterisk did it, nobody knows.
    done(Error{Code::timeout,
               "asterisk node " + settings_.node + " went away without an answer: " + error_.message});
    if (gone->gone) return;
  }
  watcher_.on_down(error_);
}

}  // namespace host::ami
