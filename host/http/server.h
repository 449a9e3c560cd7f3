// One lane's HTTP side: listeners, connections, limits. All on the lane's thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "http/ledger.h"
#include "http/request.h"
#include "http/response.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "loop/tcp.h"

namespace host::http {

class Proxies;

struct Limits {
  std::size_t header_bytes = 32 * 1024;   // request line and headers together
  std::size_t header_count = 100;
  std::size_t target_bytes = 16 * 1024;
  std::uint64_t body_bytes = 64ull << 20;
  std::size_t memory_body_bytes = 8u << 20;  // a body above this that is not multipart: 413
  std::size_t coming_bytes = 256u << 20;     // of all bodies still coming, in memory: else 503
  std::size_t part_memory_bytes = 256 * 1024;  // a multipart part above this spills to disk
  std::size_t parts = 100;
  std::size_t connections = 10000;         // per lane
  std::size_t pipelined = 64;              // of one connection, served before others get a turn
  std::uint64_t header_ms = 10'000;
  std::uint64_t body_ms = 60'000;          // without progress
  std::uint64_t idle_ms = 60'000;
  std::uint64_t write_ms = 60'000;         // without progress
  std::string temporary_folder = "/tmp";
  std::shared_ptr<const Proxies> proxies;  // none: nobody speaks for others
};

struct TlsFiles {
  std::string certificate;
  std::string key;
};

// What the access log and the metrics are told when an answer has left (or failed). A
// refused request has no route and says why in `note`.
struct Finished {
  std::string_view method;
  std::string_view path;
  std::string_view peer;
  std::string_view id;
  int status;
  std::string_view route;
  std::string_view note;
  std::uint64_t bytes;
  std::uint64_t duration_ns;
  bool aborted;  // the client went away first
};

// Answers one request. `respond` is called once, on a later turn or during the call.
// Dropping the returned Pending means the client is gone: nobody reads the answer.
using Respond = base::Function<void(Response&&)>;
using Handler = base::Function<loop::Pending(Request&&, Respond&&)>;
using Observer = base::Function<void(const Finished&)>;

class Server {
 public:
  // `ledger`: shared with the servers of the other lanes; without it the server has its own.
  Server(loop::Loop& loop, Limits limits, Handler handler, Observer observer,
         std::shared_ptr<Ledger> ledger = nullptr);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Words the answer to a request that the transport refuses (request.refusal), when it is
  // known whose address it was sent to. Without it, and else, a line of plain text.
  void when_refused(Handler handler);

  // `share_port`: other lanes listen on the same address. TLS when `tls` is given.
  // Returns the real port (0 for a unix socket).
  base::Result<std::uint16_t> listen(const loop::Address& address, bool share_port,
                                     const TlsFiles* tls = nullptr);
  // Serves new connections with other certificates, where it speaks TLS.
  base::Result<void> renew(const TlsFiles& files);
  // A unix socket bound by main, shared by all lanes (the descriptor is duplicated).
  base::Result<void> listen_descriptor(int descriptor);

  // Serves on, new connections too, and ends each after its answer: whoever keeps some open for later, as balancers do,
  // has none left to send a request over at the moment of drain().
  void leave();

  // Graceful end: stop accepting, finish requests in flight, close idle connections;
  // `drained` runs when the last connection is gone, or after `limit_ms`.
  void drain(std::uint64_t limit_ms, base::Function<void()> drained);

  std::size_t connections() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace host::http
