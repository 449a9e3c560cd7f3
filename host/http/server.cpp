#include "http/server.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "http/connection.h"
#include "http/tls.h"
#include "loop/timer.h"

namespace host::http {

using base::Result;

// Beyond the limit this many are told so at the same time; the rest are only closed.
static constexpr std::size_t most_turned_away = 64;

struct Server::State : std::enable_shared_from_this<Server::State> {
  State(loop::Loop& loop, Limits limits, Handler handler, Observer observer,
        std::shared_ptr<Ledger> ledger)
      : shared(std::make_shared<Shared>(loop, std::move(limits), std::move(handler),
                                        std::move(observer), std::move(ledger))),
        sweeper(loop, [this] { sweep(); }) {
    const Limits& l = shared->limits;
    std::uint64_t shortest = std::min({l.header_ms, l.body_ms, l.idle_ms, l.write_ms});
    sweep_ms = std::clamp<std::uint64_t>(shortest / 8, 10, 500);
    shared->connection_gone = [this] { connection_gone(); };
  }

  // One timer for all time-outs: a deadline costs a request one store, not a timer.
  void sweep() {
    auto self = shared_from_this();
    std::uint64_t now = shared->loop.now_ms();
    auto& list = shared->connections;
    for (auto at = list.begin(); at != list.end();) {
      Connection& connection = **at++;  // it may remove itself
      connection.sweep(now);
    }
  }

  void accept(std::unique_ptr<loop::Stream> stream, TlsContext* tls) {
    bool full = shared->connections.size() - shared->turned_away >= shared->limits.connections;
    if (full && !told_full) base::log::warn("http", "connection limit reached");
    told_full = full;
    bool crowd = !full && !shared->ledger->enter(stream->peer());
    if ((full || crowd) && shared->turned_away >= most_turned_away) return;
    if (!sweeping) {
      sweeping = true;
      sweeper.start(sweep_ms, sweep_ms);
    }
    auto transport = tls ? tls->accept(shared->loop, std::move(stream))
                         : plain_transport(std::move(stream));
    if (full || crowd) {
      Connection::turn_away(shared, std::move(transport));
    } else {
      Connection::open(shared, std::move(transport));
    }
  }

  void connection_gone() {
    if (!shared->connections.empty()) return;
    sweeper.stop();
    sweeping = false;
    if (drained) finish_drain();
  }

  // On a later turn: the last connection is still on the stack.
  void finish_drain() {
    limit.reset();
    ending = shared->loop.later([this] {
      auto done = std::move(drained);
      drained = nullptr;
      if (done) done();
    });
  }

  void close_all() {
    auto self = shared_from_this();
    while (!shared->connections.empty()) shared->connections.front()->close();
  }

  Result<void> keep(Result<std::unique_ptr<loop::Listener>> listener) {
    if (!listener) return std::move(listener).error();
    listeners.push_back(std::move(*listener));
    return {};
  }

  std::shared_ptr<Shared> shared;
  loop::Timer sweeper;
  std::uint64_t sweep_ms = 500;
  bool sweeping = false;
  bool told_full = false;
  std::vector<std::unique_ptr<loop::Listener>> listeners;
  std::vector<std::shared_ptr<TlsContext>> contexts;
  base::Function<void()> drained;
  std::unique_ptr<loop::Timer> limit;
  loop::Pending ending;
};

Server::Server(loop::Loop& loop, Limits limits, Handler handler, Observer observer,
               std::shared_ptr<Ledger> ledger)
    : state_(std::make_shared<State>(loop, std::move(limits), std::move(handler),
                                     std::move(observer), std::move(ledger))) {}

Server::~Server() {
  state_->listeners.clear();
  state_->drained = nullptr;
  state_->close_all();
  // Connections on the stack may outlive this object; none may call into it.
  state_->shared->connection_gone = nullptr;
}

void Server::when_refused(Handler handler) { state_->shared->refused = std::move(handler); }

Result<std::uint16_t> Server::listen(const loop::Address& address, bool share_port,
                                     const TlsFiles* tls) {
  TlsContext* context = nullptr;
  if (tls) {
    TRY(auto loaded, TlsContext::load(*tls));
    context = loaded.get();
    state_->contexts.push_back(std::move(loaded));
  }
  State* state = state_.get();
  TRY_VOID(state->keep(loop::Listener::open(
      state->shared->loop, address, share_port,
      [state, context](std::unique_ptr<loop::Stream> stream) {
        state->accept(std::move(stream), context);
      })));
  return address.path.empty() ? state->listeners.back()->port() : std::uint16_t{0};
}

Result<void> Server::renew(const TlsFiles& files) {
  for (auto& context : state_->contexts) TRY_VOID(context->renew(files));
  return {};
}

Result<void> Server::listen_descriptor(int descriptor) {
  int copy = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return base::unavailable(std::string("dup: ") + std::strerror(errno));
  State* state = state_.get();
  return state->keep(loop::Listener::adopt(
      state->shared->loop, copy, [state](std::unique_ptr<loop::Stream> stream) {
        state->accept(std::move(stream), nullptr);
      }));
}

void Server::leave() { state_->shared->draining = true; }

void Server::drain(std::uint64_t limit_ms, base::Function<void()> drained) {
  State* state = state_.get();
  state->listeners.clear();
  state->shared->draining = true;
  state->drained = std::move(drained);
  auto& list = state->shared->connections;
  for (auto at = list.begin(); at != list.end();) {
    Connection& connection = **at++;
    connection.drain();
  }
  if (list.empty()) return state->finish_drain();
  state->limit = std::make_unique<loop::Timer>(state->shared->loop, [state] {
    base::log::warn("http", "drain limit reached, connections are cut",
                    {{"connections", state->shared->connections.size()}});
    state->close_all();
  });
  state->limit->start(limit_ms);
}

std::size_t Server::connections() const noexcept { return state_->shared->connections.size(); }

}  // namespace host::http
