// Byte streams over TCP and unix sockets. A Stream is destroyed to close it; after
// the destructor returns none of its callbacks runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::loop {

// Where to listen or connect: an IP address and port, or a unix socket path.
struct Address {
  std::string host;
  std::uint16_t port = 0;
  std::string path;  // not empty: a unix socket

  // "127.0.0.1:8080", "[::1]:8080", "unix:/run/x.sock".
  static base::Result<Address> parse(std::string_view text);
  std::string text() const;
};

class Stream {
 public:
  struct Implementation;
  explicit Stream(Implementation* implementation) : implementation_(implementation) {}
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // `reader` gets bytes (valid during the call), an empty view at the end of the
  // stream, or an error. It may destroy the Stream.
  void start_reading(base::Function<void(base::Result<std::string_view>)> reader);
  void pause_reading() noexcept;
  void resume_reading() noexcept;

  // Writes at once as far as the kernel takes it, and queues the rest in order.
  // `done` (optional) runs on a later turn when all of it left or the stream failed.
  void write(std::string bytes, base::Function<void(base::Result<void>)> done = nullptr);
  // The same, but returns how much the kernel took without queueing. For hot paths.
  std::size_t try_write(std::string_view bytes) noexcept;
  std::size_t queued() const noexcept;  // bytes not yet taken by the kernel

  // Sends FIN after what is queued.
  void finish_writing();

  // "127.0.0.1", "::1" or "unix"; taken from the socket, never from a header.
  const std::string& peer() const noexcept;
  std::uint16_t peer_port() const noexcept;
  bool is_unix() const noexcept;
  int descriptor() const noexcept;  // owned by the Stream; for OpenSSL-free tuning only

 private:
  Implementation* implementation_;
};

class Listener {
 public:
  using Accept = base::Function<void(std::unique_ptr<Stream>)>;

  // Port 0 takes a free one. `share_port` sets SO_REUSEPORT, one listener per lane.
  static base::Result<std::unique_ptr<Listener>> open(Loop& loop, const Address& address,
                                                      bool share_port, Accept accept);
  // A listener over a descriptor that is already bound (a unix socket shared by lanes).
  static base::Result<std::unique_ptr<Listener>> adopt(Loop& loop, int descriptor, Accept accept);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port() const noexcept;  // the real one

  struct Implementation;

 private:
  explicit Listener(Implementation* implementation) : implementation_(implementation) {}
  Implementation* implementation_;
};

// Binds a unix socket (replacing a stale file) and returns its descriptor, mode 0660.
base::Result<int> bind_unix(const std::string& path);

// Resolves (on libuv's pool) and connects. `done` runs once, on a later turn.
Pending connect(Loop& loop, const Address& address, std::uint64_t timeout_ms,
                base::Function<void(base::Result<std::unique_ptr<Stream>>)> done);

}  // namespace host::loop
