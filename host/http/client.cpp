#include "http/client.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "base/log.h"
#include "base/text.h"
#include "loop/poll.h"
#include "loop/timer.h"

namespace host::http {

using base::Code;
using base::Error;
using base::Result;

// ---- addresses --------------------------------------------------------------------------

// Any address as 16 bytes, IPv4 mapped into ::ffff:0:0/96.
static bool to_bytes(std::string_view ip, unsigned char (&bytes)[16], bool& four) {
  std::string text(ip);
  static constexpr unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  four = inet_pton(AF_INET, text.c_str(), bytes + 12) == 1;
  if (four) {
    std::memcpy(bytes, mapped, sizeof mapped);
    return true;
  }
  if (inet_pton(AF_INET6, text.c_str(), bytes) != 1) return false;
  four = std::memcmp(bytes, mapped, sizeof mapped) == 0;
  return true;
}

static bool same_prefix(const unsigned char* a, const unsigned char* b, int bits) noexcept {
  int whole = bits / 8;
  if (std::memcmp(a, b, static_cast<std::size_t>(whole)) != 0) return false;
  int rest = bits % 8;
  if (rest == 0) return true;
  int mask = 0xff << (8 - rest) & 0xff;
  return (a[whole] & mask) == (b[whole] & mask);
}

Result<Networks> Networks::parse(const std::vector<std::string>& texts) {
  Networks out;
  for (const std::string& text : texts) {
    if (text == "*") {
      out.networks_.push_back({{}, 0});
      continue;
    }
    std::size_t slash = text.find('/');
    Network network{};
    bool four = false;
    if (!to_bytes(text.substr(0, slash), network.bytes, four)) {
      return base::invalid("not a network: " + text);
    }
    int width = four ? 32 : 128;
    long long bits = width;
    if (slash != std::string::npos) {
      auto given = base::text::integer(text.substr(slash + 1));
      if (!given || *given > width) return base::invalid("not a network: " + text);
      bits = *given;
    }
    network.bits = static_cast<int>(bits) + (four ? 96 : 0);
    out.networks_.push_back(network);
  }
  return out;
}

bool Networks::contains(std::string_view ip) const {
  if (networks_.empty()) return false;
  unsigned char bytes[16];
  bool four = false;
  if (!to_bytes(ip, bytes, four)) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    return same_prefix(bytes, network.bytes, network.bits);
  });
}

static bool private_four(const unsigned char* ip) noexcept {
  struct Range {
    unsigned char bytes[4];
    int bits;
  };
  static constexpr Range ranges[] = {
      {{0, 0, 0, 0}, 8},      {{10, 0, 0, 0}, 8},     {{100, 64, 0, 0}, 10},
      {{127, 0, 0, 0}, 8},    {{169, 254, 0, 0}, 16}, {{172, 16, 0, 0}, 12},
      {{192, 0, 0, 0}, 24},   {{192, 0, 2, 0}, 24},   {{192, 168, 0, 0}, 16},
      {{198, 18, 0, 0}, 15},  {{198, 51, 100, 0}, 24}, {{203, 0, 113, 0}, 24},
      {{224, 0, 0, 0}, 4},    {{240, 0, 0, 0}, 4},
  };
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& r) { return same_prefix(ip, r.bytes, r.bits); });
}

bool private_address(std::string_view ip) {
  unsigned char bytes[16];
  bool four = false;
  if (!to_bytes(ip, bytes, four)) return true;
  if (four) return private_four(bytes + 12);
  static constexpr unsigned char nat64[12] = {0, 0x64, 0xff, 0x9b};
  if (std::memcmp(bytes, nat64, sizeof nat64) == 0) return private_four(bytes + 12);
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return private_four(bytes + 2);  // 6to4
  // Only 2000::/3 is given out for the internet; Teredo and documentation are within it.
  if ((bytes[0] & 0xe0) != 0x20) return true;
  static constexpr unsigned char teredo[4] = {0x20, 0x01, 0, 0};
  static constexpr unsigned char documentation[4] = {0x20, 0x01, 0x0d, 0xb8};
  return std::memcmp(bytes, teredo, 4) == 0 || std::memcmp(bytes, documentation, 4) == 0;
}

// ---- transfers --------------------------------------------------------------------------

namespace {
struct Transfer {
  std::uint64_t id = 0;  // curl reuses its handles' addresses
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::string body;  // sent
  ClientResponse response;
  std::uint64_t max_bytes = 0;
  bool too_large = false;
  std::string denied;  // the address that may not be reached
  const Networks* allowed = nullptr;
  base::Function<void(Result<ClientResponse>)> done;

  ~Transfer() {
    if (easy) curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }
};
}  // namespace

struct Client::State : std::enable_shared_from_this<Client::State> {
  State(loop::Loop& loop, ClientSettings s)
      : loop(loop), settings(std::move(s)), timer(loop, [this] { act(CURL_SOCKET_TIMEOUT, 0); }) {}

  // Tells curl of something, then hands out what has finished. `self` keeps the state
  // alive when a caller destroys the Client in its callback.
  void act(curl_socket_t socket, int events) {
    auto self = shared_from_this();
    int running = 0;
    curl_multi_socket_action(multi, socket, events, &running);
    finish();
  }

  void finish() {
    int left = 0;
    while (multi) {
      CURLMsg* message = curl_multi_info_read(multi, &left);
      if (!message) return;
      if (message->msg != CURLMSG_DONE) continue;
      CURL* easy = message->easy_handle;
      CURLcode code = message->data.result;
      void* held = nullptr;
      curl_easy_getinfo(easy, CURLINFO_PRIVATE, &held);
      auto at = transfers.find(static_cast<Transfer*>(held)->id);
      std::unique_ptr<Transfer> transfer = std::move(at->second);
      transfers.erase(at);
      curl_multi_remove_handle(multi, easy);
      auto done = std::move(transfer->done);
      done(outcome(*transfer, code));
    }
  }

  static Result<ClientResponse> outcome(Transfer& transfer, CURLcode code) {
    if (!transfer.denied.empty() && code != CURLE_OK) {
      return Error{Code::denied, "http: address not allowed: " + transfer.denied};
    }
    if (transfer.too_large) {
      return Error{Code::refused,
                   "http: answer larger than " + std::to_string(transfer.max_bytes) + " bytes"};
    }
    std::string text = std::string("http: ") + base::text::lower(curl_easy_strerror(code));
    switch (code) {
      case CURLE_OK: {
        long status = 0;
        curl_easy_getinfo(transfer.easy, CURLINFO_RESPONSE_CODE, &status);
        transfer.response.status = static_cast<int>(status);
        return std::move(transfer.response);
      }
      case CURLE_OPERATION_TIMEDOUT: return Error{Code::timeout, "http: timed out"};
      case CURLE_URL_MALFORMAT:
      case CURLE_UNSUPPORTED_PROTOCOL: return Error{Code::invalid, text};
      case CURLE_PEER_FAILED_VERIFICATION:
      case CURLE_SSL_CERTPROBLEM: return Error{Code::refused, text};
      default: return Error{Code::unavailable, text};
    }
  }

  void forget(std::uint64_t id) {
    auto at = transfers.find(id);
    if (at == transfers.end()) return;
    curl_multi_remove_handle(multi, at->second->easy);
    transfers.erase(at);
  }

  // curl wants to know when a socket is ready, or no longer.
  static int watch_socket(CURL*, curl_socket_t socket, int what, void* user, void*) noexcept {
    auto* self = static_cast<State*>(user);
    if (what == CURL_POLL_REMOVE) {
      self->sockets.erase(socket);
      return 0;
    }
    auto& poll = self->sockets[socket];
    if (!poll) {
      poll = std::make_unique<loop::Poll>(self->loop, socket, [self, socket](bool in, bool out) {
        self->act(socket, (in ? CURL_CSELECT_IN : 0) | (out ? CURL_CSELECT_OUT : 0));
      });
    }
    poll->watch(what & CURL_POLL_IN, what & CURL_POLL_OUT);
    return 0;
  }

  static int set_timer(CURLM*, long delay_ms, void* user) noexcept {
    auto* self = static_cast<State*>(user);
    if (delay_ms < 0) {
      self->timer.stop();
    } else {
      self->timer.start(static_cast<std::uint64_t>(delay_ms));
    }
    return 0;
  }

  // Called with the resolved address, so that no name can lead where an address may not.
  static curl_socket_t open_socket(void* user, curlsocktype, curl_sockaddr* address) noexcept {
    auto* transfer = static_cast<Transfer*>(user);
    char ip[INET6_ADDRSTRLEN] = "";
    if (address->family == AF_INET) {
      auto* four = reinterpret_cast<sockaddr_in*>(&address->addr);
      inet_ntop(AF_INET, &four->sin_addr, ip, sizeof ip);
    } else if (address->family == AF_INET6) {
      auto* six = reinterpret_cast<sockaddr_in6*>(&address->addr);
      inet_ntop(AF_INET6, &six->sin6_addr, ip, sizeof ip);
    }
    if (private_address(ip) && !transfer->allowed->contains(ip)) {
      transfer->denied = ip;
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }

  static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
    auto* transfer = static_cast<Transfer*>(user);
    if (transfer->response.body.size() + count > transfer->max_bytes) {
      transfer->too_large = true;
      return 0;
    }
    transfer->response.body.append(bytes, count);
    return count;
  }

  static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* user) noexcept {
    auto* transfer = static_cast<Transfer*>(user);
    std::string_view line(bytes, count);
    // A status line begins anew: what came before belonged to an interim answer.
    if (line.substr(0, 5) == "HTTP/") {
      transfer->response.headers.clear();
      return count;
    }
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return count;
    if (transfer->response.headers.size() == 200) {
      transfer->too_large = true;
      return 0;
    }
    transfer->response.headers.push_back(
        {base::text::lower(line.substr(0, colon)),
         std::string(base::text::trim(line.substr(colon + 1)))});
    return count;
  }

  Result<std::uint64_t> start(ClientRequest& request,
                      base::Function<void(Result<ClientResponse>)>& done);

  loop::Loop& loop;
  ClientSettings settings;
  Networks allowed;
  bool broken = false;
  CURLM* multi = nullptr;
  loop::Timer timer;
  std::map<curl_socket_t, std::unique_ptr<loop::Poll>> sockets;
  std::map<std::uint64_t, std::unique_ptr<Transfer>> transfers;
  std::uint64_t last_id = 0;
};

static bool token(std::string_view text) noexcept {
  static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != 0 && marks.find(static_cast<char>(c)) != std::string_view::npos);
  });
}

static Result<void> check(const ClientRequest& request) {
  if (!token(request.method) || request.method == "CONNECT") {
    return base::invalid("http: bad method: " + request.method);
  }
  if (!base::text::starts_with_ignoring_case(request.url, "http://") &&
      !base::text::starts_with_ignoring_case(request.url, "https://")) {
    return base::invalid("http: url is neither http nor https");
  }
  for (unsigned char c : request.url) {
    if (c <= 0x20 || c == 0x7f) return base::invalid("http: bad byte in the url");
  }
  for (const Header& header : request.headers) {
    if (!token(header.name)) return base::invalid("http: bad header name: " + header.name);
    if (base::text::has_line_break(header.value)) {
      return base::invalid("http: line break in header " + header.name);
    }
    // The length and framing of the body are curl's to say.
    for (std::string_view framing : {"content-length", "transfer-encoding", "connection", "expect"}) {
      if (base::text::iequals(header.name, framing)) {
        return base::invalid("http: header not allowed: " + header.name);
      }
    }
  }
  return {};
}

Result<std::uint64_t> Client::State::start(ClientRequest& request,
                                   base::Function<void(Result<ClientResponse>)>& done) {
  if (broken) return base::invalid("http: allowed networks of the configuration are not valid");
  TRY_VOID(check(request));
  if (transfers.size() >= settings.concurrent) {
    return base::unavailable("http: too many requests at once");
  }
  auto transfer = std::make_unique<Transfer>();
  CURL* easy = transfer->easy = curl_easy_init();
  if (!easy) return base::internal("http: no handle");
  Transfer* t = transfer.get();
  t->allowed = &allowed;
  t->max_bytes = std::min(request.max_bytes ? request.max_bytes : settings.max_bytes,
                          settings.max_max_bytes);
  t->body = std::move(request.body);
  bool out_of_memory = false;
  for (const Header& header : request.headers) {
    // "Name;" is how curl is told to send a header without a value.
    std::string line = header.name + (header.value.empty() ? ";" : ": " + header.value);
    curl_slist* longer = curl_slist_append(t->headers, line.c_str());
    out_of_memory |= longer == nullptr;
    if (longer) t->headers = longer;
  }
  if (curl_slist* longer = curl_slist_append(t->headers, "Expect:")) t->headers = longer;
  if (out_of_memory) return base::internal("http: out of memory");

  std::uint64_t timeout = std::min(request.timeout_ms ? request.timeout_ms : settings.timeout_ms,
                                   settings.max_timeout_ms);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  // A proxy of the environment would be reached in place of the address that is checked.
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  // The end of a transfer must not wait for its resolver's thread: that is the lane's time.
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, settings.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout));
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_ms));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!settings.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !t->body.empty()) {
    bool has_body = !t->body.empty() || request.method == "POST" || request.method == "PUT" ||
                    request.method == "PATCH";
    if (has_body) {
      curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(t->body.size()));
      curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body.data());
      // Otherwise curl would name a form type of its own.
      bool typed = std::any_of(request.headers.begin(), request.headers.end(), [](auto& header) {
        return base::text::iequals(header.name, "content-type");
      });
      if (!typed) t->headers = curl_slist_append(t->headers, "Content-Type:");
      curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers);
    }
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  t->done = std::move(done);
  t->id = ++last_id;
  curl_easy_setopt(easy, CURLOPT_PRIVATE, t);
  transfers.emplace(t->id, std::move(transfer));
  curl_multi_add_handle(multi, easy);
  return t->id;
}

static void start_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

Client::Client(loop::Loop& loop, ClientSettings settings) {
  start_curl();
  state_ = std::make_shared<State>(loop, std::move(settings));
  auto networks = Networks::parse(state_->settings.allowed_networks);
  if (networks) {
    state_->allowed = std::move(*networks);
  } else {
    state_->broken = true;
    base::log::error("http", "client settings", {{"reason", networks.error().message}});
  }
  CURLM* multi = state_->multi = curl_multi_init();
  CHECK(multi != nullptr);
  curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, State::watch_socket);
  curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, state_.get());
  curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, State::set_timer);
  curl_multi_setopt(multi, CURLMOPT_TIMERDATA, state_.get());
  curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, 32L);
}

Client::~Client() {
  State& state = *state_;
  for (auto& [id, transfer] : state.transfers) {
    curl_multi_remove_handle(state.multi, transfer->easy);
  }
  state.transfers.clear();
  curl_multi_cleanup(state.multi);
  state.multi = nullptr;
  state.sockets.clear();
  state.timer.stop();
}

loop::Pending Client::request(ClientRequest request,
                              base::Function<void(Result<ClientResponse>)> done) {
  if (state_->settings.web) {
    if (auto answer = state_->settings.web->answer(request)) {
      return state_->loop.later([done = std::move(done), answer = std::move(*answer)]() mutable { done(std::move(answer)); });
    }
  }
  auto started = state_->start(request, done);
  if (!started) {
    return state_->loop.later(
        [done = std::move(done), error = std::move(started).error()]() mutable {
          done(std::move(error));
        });
  }
  return loop::Pending::cancelled_by(
      [weak = std::weak_ptr(state_), id = *started] {
        if (auto state = weak.lock(); state && state->multi) state->forget(id);
      });
}

}  // namespace host::http
