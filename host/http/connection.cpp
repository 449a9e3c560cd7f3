#include "http/connection.h"

#include "http/forwarded.h"

#include <sys/random.h>

#include <ctime>

#include "base/log.h"

namespace host::http {

using base::Result;

static constexpr std::size_t held_input_bytes = 64 * 1024;
static constexpr std::size_t batch_bytes = 64 * 1024;
static constexpr std::size_t kept_buffer_bytes = 256 * 1024;
static constexpr std::uint64_t linger_ms = 2000;
static Refusal too_many() { return {503, "too many connections"}; }

static std::uint64_t monotonic_ns() noexcept {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

Shared::Shared(loop::Loop& loop, Limits limits, Handler handler, Observer observer,
               std::shared_ptr<Ledger> ledger)
    : loop(loop),
      limits(std::move(limits)),
      handler(std::move(handler)),
      observer(std::move(observer)),
      composer(loop),
      ledger(ledger ? std::move(ledger) : std::make_shared<Ledger>()) {
  if (getrandom(&id_seed_, sizeof id_seed_, 0) != sizeof id_seed_) id_seed_ = monotonic_ns();
}

loop::Worker& Shared::storing() {
  if (!storing_) storing_ = std::make_unique<loop::Worker>("uploads");
  return *storing_;
}

void Shared::cut_slowest() {
  if (cutting_) return;
  cutting_ = loop.later([this] {
    cutting_ = {};
    while (ledger->over() && cut_one()) {}
  });
}

bool Shared::cut_one() {
  std::shared_ptr<Connection> slowest;
  std::uint64_t since = 0;
  for (const auto& connection : connections) {
    auto unread = connection->unread_since();
    if (!unread || (slowest && *unread >= since)) continue;
    slowest = connection;
    since = *unread;
  }
  if (slowest) slowest->give_up(Ledger::Bound::host);
  return slowest != nullptr;
}

std::string Shared::make_id() {
  // A bijection of the counter: no two are equal, and none tells how many there were.
  std::uint64_t x = id_seed_ + ++id_count_ * 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  x ^= x >> 31;
  static constexpr char digits[] = "0123456789abcdefghijklmnopqrstuv";
  std::string id(13, '0');
  for (char& c : id) {
    c = digits[x & 31];
    x >>= 5;
  }
  return id;
}

// The answering end that a handler holds. Forgotten, it answers for the handler.
class Connection::Responder {
 public:
  Responder(std::weak_ptr<Connection> connection, std::uint64_t sequence)
      : connection_(std::move(connection)), sequence_(sequence) {}
  Responder(Responder&& other) noexcept
      : connection_(std::move(other.connection_)), sequence_(std::exchange(other.sequence_, 0)) {}
  Responder& operator=(Responder&&) = delete;

  ~Responder() {
    auto self = sequence_ ? connection_.lock() : nullptr;
    if (!self || self->sequence_ != sequence_ || self->phase_ != Phase::handling) return;
    if (self->early_) return;
    base::log::error("http", "a handler ended without an answer",
                     {{"request", self->exchange_ ? self->exchange_->id : ""}});
    self->answered(sequence_, Composer::plain(500, "no answer was made"));
  }

  void operator()(Response&& response) {
    auto self = sequence_ ? connection_.lock() : nullptr;
    std::uint64_t sequence = std::exchange(sequence_, 0);
    if (self) {
      self->answered(sequence, std::move(response));
    } else {
      Composer::discard(response);
    }
  }

 private:
  std::weak_ptr<Connection> connection_;
  std::uint64_t sequence_;
};

Connection::Connection(std::shared_ptr<Shared> shared, std::unique_ptr<Transport> transport)
    : shared_(std::move(shared)), transport_(std::move(transport)), parser_(shared_->limits, &shared_->coming_bytes) {}

std::shared_ptr<Connection> Connection::make(const std::shared_ptr<Shared>& shared,
                                             std::unique_ptr<Transport> transport) {
  auto self = std::make_shared<Connection>(shared, std::move(transport));
  self->place_ = shared->connections.insert(shared->connections.end(), self);
  // A new connection gets as long for its first header as any later one, not the
  // whole idle time: opening sockets must not be a cheap way to hold them.
  self->deadline_in(shared->limits.header_ms);
  self->transport_->start_reading([connection = self.get()](Result<std::string_view> bytes) {
    connection->received(std::move(bytes));
  });
  return self;
}

void Connection::open(const std::shared_ptr<Shared>& shared,
                      std::unique_ptr<Transport> transport) {
  make(shared, std::move(transport));
}

void Connection::turn_away(const std::shared_ptr<Shared>& shared,
                           std::unique_ptr<Transport> transport) {
  auto self = make(shared, std::move(transport));
  self->turned_away_ = true;
  ++shared->turned_away;
  // Through TLS nothing can be said before the client has spoken.
  if (self->transport_->secure()) return;
  self->refuse(too_many());
  self->flush();
}

// ---- reading --------------------------------------------------------------------------

void Connection::received(Result<std::string_view> bytes) {
  auto self = shared_from_this();
  if (!bytes) return close();
  if (bytes->empty()) return ended();
  if (phase_ == Phase::lingering) return;
  if (turned_away_ && receiving()) {
    refuse(too_many());
    return flush();
  }
  if (receiving() && input_.empty()) {
    std::size_t used = process(*bytes);
    if (phase_ == Phase::closed || phase_ == Phase::lingering) return;
    input_.append(bytes->substr(used));
  } else {
    input_.append(*bytes);
  }
  throttle();
}

// The peer's end of the stream. Nobody waits for what a handler still makes; an answer
// that is already made may have a reader that only closed its own direction.
void Connection::ended() {
  peer_ended_ = true;
  if (phase_ == Phase::sending && !stream_) {
    close_after_ = true;
  } else if (!receiving() || input_.empty()) {
    close();
  }
}

void Connection::throttle() {
  bool full = !receiving() && input_.size() >= held_input_bytes;
  if (phase_ == Phase::closed || full == paused_) return;
  paused_ = full;
  if (full) {
    transport_->pause_reading();
  } else if (!peer_ended_) {
    transport_->resume_reading();
  }
}

std::size_t Connection::process(std::string_view bytes) {
  std::string_view rest = bytes;
  std::size_t served = 0;
  while (receiving() && !rest.empty()) {
    if (!parser_.started()) started_ns_ = monotonic_ns();
    switch (parser_.feed(rest)) {
      case Parser::Event::more:
        progressed();
        store(false);
        break;
      case Parser::Event::head: body_begins(!rest.empty()); break;
      case Parser::Event::refused: refuse(parser_.refusal()); break;
      case Parser::Event::complete:
        if (!store(true)) dispatch();
        ++served;
        break;
    }
    if (out_.size() > batch_bytes) flush();
    if (served == shared_->limits.pipelined) break;  // other connections have a turn
  }
  flush();
  if (receiving() && !rest.empty() && !resume_) {
    resume_ = shared_->loop.later([this] { process_held(); });
  }
  return bytes.size() - rest.size();
}

void Connection::process_held() {
  auto self = shared_from_this();
  resume_ = loop::Pending();
  std::string held = std::move(input_);
  input_.clear();
  std::size_t used = process(held);
  if (phase_ == Phase::closed || phase_ == Phase::lingering) return;
  input_.assign(held, used);
  if (peer_ended_ && receiving() && input_.empty()) return close();
  throttle();
}

// Requests that came during the last one are taken up on a turn of their own: the
// caller may be a handler on its way out.
void Connection::continue_input() {
  if (!receiving()) return;
  if (!input_.empty() && !resume_) {
    resume_ = shared_->loop.later([this] { process_held(); });
  }
}

void Connection::progressed() {
  if (phase_ == Phase::idle) {
    phase_ = Phase::head;
    deadline_in(shared_->limits.header_ms);
  } else if (phase_ == Phase::body) {
    deadline_in(shared_->limits.body_ms);
  }
}

void Connection::body_begins(bool bytes_follow) {
  phase_ = Phase::body;
  deadline_in(shared_->limits.body_ms);
  if (parser_.expects_continue() && !bytes_follow) out_ += "HTTP/1.1 100 Continue\r\n\r\n";
}

// What came for a file goes to the disk on another thread; the client is not listened to
// until it is there, so that no upload is faster than the disk.
bool Connection::store(bool complete) {
  auto writes = parser_.take_writes();
  if (writes.empty()) return false;
  phase_ = Phase::storing;
  deadline_ = 0;
  work_ = shared_->storing().run(
      shared_->loop, [writes = std::move(writes)] { return http::store(writes); },
      [weak = weak_from_this(), complete](const Refusal& refusal) {
        if (auto self = weak.lock()) self->stored(refusal, complete);
      });
  return true;
}

void Connection::stored(const Refusal& refusal, bool complete) {
  loop::Pending finished = std::move(work_);
  if (refusal) {
    refuse(refusal);
  } else if (complete) {
    dispatch();
  } else {
    phase_ = Phase::body;
    deadline_in(shared_->limits.body_ms);
  }
  flush();
  continue_input();
  throttle();
}

// ---- answering --------------------------------------------------------------------------

void Connection::remember(const Request& request) {
  Exchange& exchange = exchange_.emplace();
  exchange.method = request.method;
  exchange.path = request.path;
  exchange.peer = request.peer;
  exchange.id = request.id;
  exchange.started_ns = request.started_ns;
  exchange.refusal = request.refusal;
}

void Connection::dispatch() {
  keep_alive_ = parser_.keep_alive() && !shared_->draining;
  Request request = parser_.take();
  asked_ = Asked(request);
  hand_over(std::move(request));
}

void Connection::hand_over(Request&& request) {
  phase_ = Phase::handling;
  deadline_ = 0;
  const loop::Stream& stream = transport_->stream();
  request.peer = stream.peer();
  request.peer_port = stream.peer_port();
  request.secure = transport_->secure();
  if (shared_->limits.proxies) shared_->limits.proxies->look(request);
  request.started_ns = started_ns_;
  if (request.id.empty()) request.id = shared_->make_id();
  remember(request);
  bool refused = static_cast<bool>(request.refusal);
  if (refused && (request.path.empty() || !shared_->refused)) {
    return answer(Composer::plain(request.refusal.status, request.refusal.reason));
  }
  std::uint64_t sequence = ++sequence_;
  in_handler_ = true;
  loop::Pending work =
      (refused ? shared_->refused : shared_->handler)(std::move(request),
                                                      Responder(weak_from_this(), sequence));
  in_handler_ = false;
  if (phase_ == Phase::closed) return;
  if (!early_) {
    work_ = std::move(work);
    return;
  }
  Response response = std::move(*early_);
  early_.reset();
  answer(std::move(response));
}

void Connection::answered(std::uint64_t sequence, Response&& response) {
  if (sequence != sequence_ || phase_ != Phase::handling) return Composer::discard(response);
  if (in_handler_) {
    early_ = std::move(response);
    return;
  }
  auto self = shared_from_this();
  loop::Pending finished = std::move(work_);
  answer(std::move(response));
  flush();
  continue_input();
  throttle();
}

// The rest of what the client sends means nothing. Whose address it was may know how to say so.
void Connection::refuse(const Refusal& refusal) {
  Request partial = parser_.take_partial();
  partial.refusal = refusal;
  asked_ = Asked();
  asked_.head = partial.method == "HEAD";
  keep_alive_ = false;
  hand_over(std::move(partial));
}

void Connection::answer(Response&& response) {
  if (const Refusal& refusal = exchange_->refusal) {
    response.route.clear();
    response.note = refusal.reason;
    if (refusal.status == 503) response.set("Retry-After", "1");
  }
  if (!within_bounds(response)) {
    Composer::discard(response);
    Response busy = Composer::plain(503, "too many answers are not read");
    busy.set("Retry-After", "5");
    busy.route = std::move(response.route);
    busy.note = std::move(response.note);
    response = std::move(busy);
  }
  exchange_->route = std::move(response.route);
  exchange_->note = std::move(response.note);
  std::size_t before = out_.size();
  Composed composed = shared_->composer.compose(asked_, std::move(response),
                                                exchange_->id, keep_alive_, out_);
  exchange_->status = composed.status;
  exchange_->bytes = out_.size() - before;
  close_after_ |= composed.close;
  source_ = std::move(composed.source);
  stream_ = composed.stream;
  chunked_ = composed.chunked;
  phase_ = Phase::sending;
  if (!source_) end_answer();
}

// Whoever reads none of its answers gets no further large one.
bool Connection::within_bounds(Response& response) {
  // What the ledger has of this connection stays with whom it was counted for.
  if (unread_ == 0) {
    payer_.address = exchange_->peer;
    bool known = response.note.starts_with("key=");
    payer_.key = known ? response.note.substr(0, response.note.find(' ')) : std::string();
  }
  auto* text = std::get_if<std::string>(&response.body);
  if (!text || text->size() < batch_bytes) return true;
  return shared_->ledger->refuse(payer_, text->size()) == Ledger::Bound::none;
}

void Connection::end_answer() {
  unreported_.push_back(std::move(*exchange_));
  exchange_.reset();
  stream_ = false;
  if (close_after_) return;  // sending, until flushed() ends it
  phase_ = Phase::idle;
  deadline_in(shared_->limits.idle_ms);
}

// ---- writing ----------------------------------------------------------------------------

void Connection::flush() {
  if (phase_ == Phase::closed || phase_ == Phase::lingering) return;
  if (waiting_) return hold_input();
  if (!out_.empty()) {
    std::size_t sent = transport_->try_write(out_);
    if (sent < out_.size() || transport_->queued() > 0) {
      waiting_ = true;
      hold_input();
      transport_->write(out_.substr(sent), [weak = weak_from_this()](Result<void> result) {
        if (auto self = weak.lock()) self->written(std::move(result));
      });
      queued_before_ = transport_->queued();
      out_.clear();
      account();
      return;
    }
    out_.clear();
    if (out_.capacity() > kept_buffer_bytes) out_.shrink_to_fit();
  }
  flushed();
}

// While the client does not read its answers, no further request is taken up.
void Connection::hold_input() {
  deadline_in(shared_->limits.write_ms);
  if (!receiving()) return;
  held_phase_ = phase_;
  phase_ = Phase::sending;
}

// Tells the ledger what waits here for its reader.
void Connection::account() {
  std::size_t now = 0;
  if (waiting_ && transport_) now = transport_->queued() + (source_ ? source_->held() : 0);
  std::size_t before = std::exchange(unread_, now);
  if (now == before) return;
  Ledger::Bound bound = shared_->ledger->change(payer_, before, now);
  if (bound == Ledger::Bound::none) return;
  if (bound == Ledger::Bound::host) return shared_->cut_slowest();
  give_up(bound);
}

std::optional<std::uint64_t> Connection::unread_since() const noexcept {
  if (unread_ == 0) return std::nullopt;
  return deadline_;
}

void Connection::give_up(Ledger::Bound bound) {
  shared_->ledger->cut(payer_, bound);
  close();
}

void Connection::written(Result<void> result) {
  if (phase_ == Phase::closed) return;
  waiting_ = false;
  if (!result) return close();
  if (held_phase_) phase_ = *held_phase_;
  held_phase_.reset();
  deadline_ = 0;
  if (phase_ == Phase::idle) deadline_in(shared_->limits.idle_ms);
  if (phase_ == Phase::body) deadline_in(shared_->limits.body_ms);
  flush();
  account();
  continue_input();
  throttle();
}

// Everything made so far is with the kernel.
void Connection::flushed() {
  if (!unreported_.empty()) {
    for (const Exchange& exchange : unreported_) report(exchange, false);
    unreported_.clear();
  }
  if (phase_ == Phase::closed) return;
  if (source_) {
    if (!work_) pump();
  } else if (close_after_ && phase_ != Phase::handling) {
    linger();
  }
}

void Connection::pump() {
  deadline_ = 0;  // how long a source may take is its own business
  work_ = source_->next([weak = weak_from_this()](Result<std::string> bytes) {
    if (auto self = weak.lock()) self->chunk(std::move(bytes));
  });
}

void Connection::chunk(Result<std::string> bytes) {
  if (!source_) return;
  loop::Pending finished = std::move(work_);
  if (!bytes) {
    base::log::warn("http", "an answer was cut short",
                    {{"request", exchange_->id}, {"reason", bytes.error().message}});
    retire_source();
    return close();
  }
  std::size_t before = out_.size();
  bool end = bytes->empty();
  if (end) {
    if (chunked_) out_ += "0\r\n\r\n";
  } else if (chunked_) {
    fmt::format_to(std::back_inserter(out_), "{:x}\r\n", bytes->size());
    out_ += *bytes;
    out_ += "\r\n";
  } else {
    out_ += *bytes;
  }
  exchange_->bytes += out_.size() - before;
  if (end) {
    retire_source();
    end_answer();
  }
  flush();
  continue_input();
  throttle();
}

// It may be calling us right now: it goes on a later turn.
void Connection::retire_source() {
  shared_->loop.post([source = std::move(source_)] {});
  source_ = nullptr;
}

// ---- the end ----------------------------------------------------------------------------

// Closing while the client still sends would reset the connection and may take the
// answer with it: say that no more comes, and let the client finish (RFC 9112 9.6).
void Connection::linger() {
  transport_->finish_writing();
  if (peer_ended_) return close();
  phase_ = Phase::lingering;
  deadline_in(linger_ms);
  input_ = std::string();
  if (paused_) transport_->resume_reading();
  paused_ = false;
}

void Connection::sweep(std::uint64_t now_ms) {
  if (deadline_ == 0 || now_ms < deadline_) return;
  auto self = shared_from_this();
  switch (phase_) {
    case Phase::idle:
    case Phase::lingering: close(); break;
    case Phase::head:
      refuse({408, "the request header took too long"});
      flush();
      break;
    case Phase::body:
      refuse({408, "the request body took too long"});
      flush();
      break;
    case Phase::storing:
    case Phase::handling:
    case Phase::sending: {
      std::size_t queued = transport_->queued();
      if (!waiting_ || queued >= queued_before_) return close();
      queued_before_ = queued;
      deadline_in(shared_->limits.write_ms);
      break;
    }
    case Phase::closed: break;
  }
}

void Connection::drain() {
  keep_alive_ = false;
  if (phase_ == Phase::idle && !parser_.started() && input_.empty()) return close();
  if (phase_ == Phase::sending) close_after_ = true;
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  auto self = shared_from_this();
  phase_ = Phase::closed;
  deadline_ = 0;
  ++sequence_;
  loop::Pending work = std::move(work_);
  resume_ = loop::Pending();
  if (early_) Composer::discard(*early_);
  early_.reset();
  work = loop::Pending();
  source_.reset();
  if (!turned_away_) shared_->ledger->leave(transport_->stream().peer());
  transport_.reset();
  account();
  for (const Exchange& exchange : unreported_) report(exchange, true);
  unreported_.clear();
  if (exchange_) report(*exchange_, true);
  exchange_.reset();
  shared_->connections.erase(place_);
  if (turned_away_) --shared_->turned_away;
  if (shared_->connection_gone) shared_->connection_gone();
}

void Connection::report(const Exchange& exchange, bool aborted) {
  if (!shared_->observer) return;
  shared_->observer(Finished{exchange.method, exchange.path, exchange.peer, exchange.id,
                             exchange.status, exchange.route, exchange.note, exchange.bytes,
                             monotonic_ns() - exchange.started_ns, aborted});
}

}  // namespace host::http
