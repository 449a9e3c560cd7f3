#include "ami/fake.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace host::ami {

using base::Result;
using base::text::iequals;

struct Fake::Session {
  std::unique_ptr<loop::Stream> stream;
  Framer framer;
  std::string challenge;
  bool logged_in = false;
  bool closing = false;
};

static const std::map<std::string, std::string>& list_ends() {
  static const std::map<std::string, std::string> ends = {
      {"CoreShowChannels", "CoreShowChannelsComplete"},
      {"BridgeList", "BridgeListComplete"},
      {"PJSIPShowContacts", "ContactListComplete"},
      {"DeviceStateList", "DeviceStateListComplete"},
      {"ExtensionStateList", "ExtensionStateListComplete"},
      {"QueueStatus", "QueueStatusComplete"},
      {"ParkedCalls", "ParkedCallsComplete"},
      {"PJSIPShowRegistrationsOutbound", "OutboundRegistrationDetailComplete"},
      {"SIPpeers", "PeerlistComplete"},
      {"SIPshowregistry", "RegistrationsComplete"},
  };
  return ends;
}

static std::string response(std::string_view word, std::string_view message,
                            const Fake::Headers& headers = {}) {
  Packet packet{{"Response", word}, {"ActionID", "{id}"}};
  if (!message.empty()) packet.add("Message", message);
  for (const auto& [name, value] : headers) packet.add(name, value);
  return packet.serialise();
}

static std::string list_text(const std::vector<Packet>& items, std::string_view complete) {
  std::string out = response("Success", "", {{"EventList", "start"}});
  for (const Packet& item : items) {
    Packet copy;
    for (std::size_t i = 0; i < item.size(); ++i) {
      copy.add(item[i].name, item[i].value);
      if (i == 0 && !item.has("ActionID")) copy.add("ActionID", "{id}");
    }
    out += copy.serialise();
  }
  Packet end{{"Event", complete}, {"ActionID", "{id}"}, {"EventList", "Complete"}};
  end.add("ListItems", std::to_string(items.size()));
  return out + end.serialise();
}

Fake::Step& Fake::Step::success(std::string message, Headers more) {
  bytes = response("Success", message, more);
  return *this;
}
Fake::Step& Fake::Step::error(std::string message) {
  bytes = response("Error", message);
  return *this;
}
Fake::Step& Fake::Step::list(std::vector<Packet> items, std::string complete) {
  bytes = list_text(items, complete);
  return *this;
}
Fake::Step& Fake::Step::raw(std::string text) {
  bytes = std::move(text);
  return *this;
}
Fake::Step& Fake::Step::silence() {
  bytes.clear();
  return *this;
}
Fake::Step& Fake::Step::hang_up() {
  bytes.clear();
  closes = true;
  return *this;
}
Fake::Step& Fake::Step::then(std::vector<Packet> events) {
  for (const Packet& event : events) bytes += event.serialise();
  return *this;
}

Fake::Fake(loop::Loop& loop, Settings settings) : loop_(loop), settings_(std::move(settings)) {}
Fake::~Fake() = default;

Result<std::unique_ptr<Fake>> Fake::open(loop::Loop& loop, Settings settings) {
  std::unique_ptr<Fake> fake(new Fake(loop, std::move(settings)));
  TRY(fake->listener_,
      loop::Listener::open(loop, {"127.0.0.1", 0, ""}, false,
                           [raw = fake.get()](std::unique_ptr<loop::Stream> stream) {
                             raw->accept(std::move(stream));
                           }));
  return fake;
}

std::uint16_t Fake::port() const noexcept { return listener_->port(); }

Fake::Step& Fake::expect(std::string action, Headers headers) {
  auto step = std::make_unique<Step>();
  step->action = std::move(action);
  step->headers = std::move(headers);
  steps_.push_back(std::move(step));
  return *steps_.back();
}

void Fake::set_list(const std::string& action, std::vector<Packet> items) {
  lists_[action] = std::move(items);
}

void Fake::emit(const Packet& event) { emit_raw(event.serialise()); }

void Fake::emit_raw(std::string_view bytes) {
  for (const auto& session : sessions_) {
    if (session->logged_in) session->stream->write(std::string(bytes));
  }
}

void Fake::hang_up_all() { sessions_.clear(); }

std::vector<std::string> Fake::problems() const {
  std::vector<std::string> out = unexpected_;
  for (const auto& step : steps_) {
    std::string line = "not asked for: " + step->action;
    for (const auto& [name, value] : step->headers) line += " " + name + "=" + value;
    out.push_back(std::move(line));
  }
  return out;
}

void Fake::accept(std::unique_ptr<loop::Stream> stream) {
  sessions_.push_back(std::make_unique<Session>());
  Session* session = sessions_.back().get();
  session->stream = std::move(stream);
  session->stream->start_reading(
      [this, session](Result<std::string_view> bytes) { read(session, std::move(bytes)); });
  session->stream->write("Asterisk Call Manager/11.0.0\r\n");
}

void Fake::close(Session* session) {
  std::erase_if(sessions_, [&](const auto& one) { return one.get() == session; });
}

void Fake::read(Session* session, Result<std::string_view> bytes) {
  if (!bytes || bytes->empty()) return close(session);
  session->framer.append(*bytes);
  for (auto packet = session->framer.next(); packet && *packet; packet = session->framer.next()) {
    act(session, **packet);
    if (session->closing) return close(session);
  }
}

static void write(loop::Stream& stream, std::string text, std::string_view id) {
  for (std::size_t at = 0; (at = text.find("{id}", at)) != std::string::npos; at += id.size()) {
    text.replace(at, 4, id);
  }
  stream.write(std::move(text));
}

void Fake::act(Session* session, const Packet& action) {
  std::string_view name = action.get("Action");
  std::string_view id = action.get("ActionID");
  if (log_in(session, action)) return;
  if (!session->logged_in) return write(*session->stream, response("Error", "Permission denied"), id);
  if (mute_) return;
  if (play(session, action)) return;
  if (answer_by_default(session, action)) return;
  received_.push_back(action);
  std::string line = "not expected: " + std::string(name);
  for (std::size_t i = 0; i < action.size(); ++i) {
    if (iequals(action[i].name, "Action") || iequals(action[i].name, "ActionID")) continue;
    line.append(" ").append(action[i].name).append("=").append(action[i].value);
  }
  unexpected_.push_back(std::move(line));
  write(*session->stream, response("Error", "not expected by the test"), id);
}

bool Fake::log_in(Session* session, const Packet& action) {
  std::string_view name = action.get("Action");
  std::string_view id = action.get("ActionID");
  if (iequals(name, "Challenge")) {
    if (!settings_.challenge) {
      write(*session->stream, response("Error", "Invalid/unknown command"), id);
      return true;
    }
    session->challenge = std::to_string(1000000 + ++challenges_);
    write(*session->stream, response("Success", "", {{"Challenge", session->challenge}}), id);
    return true;
  }
  if (!iequals(name, "Login")) return false;
  std::string expected = settings_.secret;
  std::string_view given = action.get("Secret");
  if (iequals(action.get("AuthType"), "MD5")) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    std::string text = session->challenge + settings_.secret;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr);
    expected = base::text::hex({reinterpret_cast<const char*>(digest.data()), size});
    given = action.get("Key");
  }
  ++logins_;
  if (action.get("Username") != settings_.username || given != expected) {
    write(*session->stream, response("Error", "Authentication failed"), id);
    session->closing = true;
    return true;
  }
  session->logged_in = true;
  write(*session->stream, response("Success", "Authentication accepted"), id);
  if (settings_.fully_booted) {
    session->stream->write(Packet{{"Event", "FullyBooted"},
                                  {"Privilege", "system,all"},
                                  {"Status", "Fully Booted"}}
                               .serialise());
  }
  return true;
}

bool Fake::play(Session* session, const Packet& action) {
  auto fits = [&](const std::unique_ptr<Step>& step) {
    return iequals(step->action, action.get("Action")) &&
           std::all_of(step->headers.begin(), step->headers.end(), [&](const auto& header) {
             auto values = action.all(header.first);
             return std::find(values.begin(), values.end(), header.second) != values.end();
           });
  };
  auto end = settings_.strict_order && !steps_.empty() ? steps_.begin() + 1 : steps_.end();
  auto found = std::find_if(steps_.begin(), end, fits);
  if (found == end) return false;
  received_.push_back(action);
  std::unique_ptr<Step> step = std::move(*found);
  steps_.erase(found);
  if (!step->bytes.empty()) write(*session->stream, std::move(step->bytes), action.get("ActionID"));
  session->closing = step->closes;
  return true;
}

bool Fake::answer_by_default(Session* session, const Packet& action) {
  std::string name(action.get("Action"));
  std::string_view id = action.get("ActionID");
  if (iequals(name, "Ping")) {
    write(*session->stream, response("Success", "", {{"Ping", "Pong"}}), id);
    return true;
  }
  if (iequals(name, "Logoff")) {
    write(*session->stream, response("Goodbye", "Thanks for all the fish."), id);
    session->closing = true;
    return true;
  }
  // The hub asks by itself, a while after a contact's event.
  if (iequals(name, "PJSIPShowEndpoint")) {
    write(*session->stream, response("Error", "Unable to retrieve endpoint"), id);
    return true;
  }
  auto end = list_ends().find(name);
  if (end == list_ends().end()) return false;
  write(*session->stream, list_text(lists_[name], end->second), id);
  return true;
}

void Fake::forget() {
  steps_.clear();
  received_.clear();
  unexpected_.clear();
  lists_.clear();
}

}  // namespace host::ami
