#include "loop/tcp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <uv.h>

#include <cstring>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "loop/timer.h"

namespace host::loop {

using base::Error;
using base::Result;

static Error uv_error(int code, std::string_view what) {
  base::Code kind = base::Code::unavailable;
  if (code == UV_ETIMEDOUT) kind = base::Code::timeout;
  return {kind, std::string(what) + ": " + uv_strerror(code)};
}

Result<Address> Address::parse(std::string_view text) {
  Address address;
  if (text.substr(0, 5) == "unix:") {
    address.path = text.substr(5);
    if (address.path.empty() || address.path.size() >= sizeof(sockaddr_un::sun_path)) {
      return base::invalid("listen address: bad socket path: " + std::string(text));
    }
    return address;
  }
  std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return base::invalid("address: no port: " + std::string(text));
  }
  std::string_view host = text.substr(0, colon);
  auto port = base::text::integer(text.substr(colon + 1));
  if (!port || *port > 65535) return base::invalid("address: bad port: " + std::string(text));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) return base::invalid("address: no host: " + std::string(text));
  address.host = host;
  address.port = static_cast<std::uint16_t>(*port);
  return address;
}

std::string Address::text() const {
  if (!path.empty()) return "unix:" + path;
  bool six = host.find(':') != std::string::npos;
  return (six ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

// The uv handle and everything its callbacks touch; freed in the close callback.
struct Stream::Implementation {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  base::Function<void(Result<std::string_view>)> reader;
  std::unique_ptr<char[]> buffer;
  std::string peer;
  std::uint16_t peer_port = 0;
  bool is_unix = false;
  bool closing = false;
  bool reading = false;
  int in_callback = 0;
};

static constexpr std::size_t read_size = 64 * 1024;

static void allocate(uv_handle_t* handle, std::size_t, uv_buf_t* buffer) noexcept {
  auto* self = static_cast<Stream::Implementation*>(handle->data);
  if (!self->buffer) self->buffer.reset(new char[read_size]);
  *buffer = uv_buf_init(self->buffer.get(), read_size);
}

static void on_read(uv_stream_t* stream, ssize_t count, const uv_buf_t* buffer) noexcept {
  auto* self = static_cast<Stream::Implementation*>(stream->data);
  if (self->closing || !self->reader || count == 0) return;
  if (count > 0) {
    self->reader(std::string_view(buffer->base, static_cast<std::size_t>(count)));
  } else {
    uv_read_stop(stream);
    self->reading = false;
    if (count == UV_EOF) {
      self->reader(std::string_view());
    } else {
      self->reader(uv_error(static_cast<int>(count), "read"));
    }
  }
}

static void close_implementation(Stream::Implementation* self) noexcept {
  self->closing = true;
  uv_close(&self->handle, [](uv_handle_t* handle) noexcept {
    delete static_cast<Stream::Implementation*>(handle->data);
  });
}

static Stream::Implementation* new_tcp(Loop& loop) {
  auto* self = new Stream::Implementation{};
  uv_tcp_init(loop.raw(), &self->tcp);
  self->handle.data = self;
  return self;
}

static Stream::Implementation* new_pipe(Loop& loop) {
  auto* self = new Stream::Implementation{};
  uv_pipe_init(loop.raw(), &self->pipe, 0);
  self->handle.data = self;
  self->is_unix = true;
  self->peer = "unix";
  return self;
}

static constexpr int most_unsent = 128 * 1024;

static void note_peer(Stream::Implementation* self) {
  if (self->is_unix) return;
  uv_tcp_nodelay(&self->tcp, 1);
  // What the peer has no room for stays ours, where it is counted: the kernel would take four
  // megabytes of it for each connection that nobody reads.
  uv_os_fd_t descriptor = -1;
  uv_fileno(&self->handle, &descriptor);
  setsockopt(descriptor, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &most_unsent, sizeof most_unsent);
  sockaddr_storage address{};
  int length = sizeof address;
  char text[INET6_ADDRSTRLEN] = "";
  if (uv_tcp_getpeername(&self->tcp, reinterpret_cast<sockaddr*>(&address), &length) != 0) return;
  if (address.ss_family == AF_INET) {
    auto* four = reinterpret_cast<sockaddr_in*>(&address);
    uv_ip4_name(four, text, sizeof text);
    self->peer_port = ntohs(four->sin_port);
  } else {
    auto* six = reinterpret_cast<sockaddr_in6*>(&address);
    uv_ip6_name(six, text, sizeof text);
    self->peer_port = ntohs(six->sin6_port);
  }
  self->peer = text;
}

Stream::~Stream() { close_implementation(implementation_); }

void Stream::start_reading(base::Function<void(Result<std::string_view>)> reader) {
  implementation_->reader = std::move(reader);
  resume_reading();
}

void Stream::pause_reading() noexcept {
  if (!implementation_->reading) return;
  implementation_->reading = false;
  uv_read_stop(&implementation_->stream);
}

void Stream::resume_reading() noexcept {
  if (implementation_->reading) return;
  implementation_->reading = uv_read_start(&implementation_->stream, allocate, on_read) == 0;
}

namespace {
// A queued write owns its bytes until libuv is done with them.
struct WriteRequest {
  uv_write_t request;
  std::string bytes;
  base::Function<void(Result<void>)> done;
};
}  // namespace

void Stream::write(std::string bytes, base::Function<void(Result<void>)> done) {
  std::size_t sent = try_write(bytes);
  if (sent == bytes.size() && !done) return;
  auto* write = new WriteRequest{{}, std::move(bytes), std::move(done)};
  write->request.data = write;
  uv_buf_t buffer = uv_buf_init(write->bytes.data() + sent,
                                static_cast<unsigned>(write->bytes.size() - sent));
  int code = uv_write(&write->request, &implementation_->stream, &buffer, 1,
                      [](uv_write_t* request, int status) noexcept {
                        std::unique_ptr<WriteRequest> self(
                            static_cast<WriteRequest*>(request->data));
                        auto* owner =
                            static_cast<Stream::Implementation*>(request->handle->data);
                        if (!self->done || owner->closing) return;
                        if (status == 0) {
                          self->done(Result<void>());
                        } else {
                          self->done(uv_error(status, "write"));
                        }
                      });
  if (code != 0) delete write;  // the handle is already closing; its owner knows
}

std::size_t Stream::try_write(std::string_view bytes) noexcept {
  if (uv_stream_get_write_queue_size(&implementation_->stream) > 0) return 0;
  uv_buf_t buffer =
      uv_buf_init(const_cast<char*>(bytes.data()), static_cast<unsigned>(bytes.size()));
  int sent = uv_try_write(&implementation_->stream, &buffer, 1);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

std::size_t Stream::queued() const noexcept {
  return uv_stream_get_write_queue_size(&implementation_->stream);
}

void Stream::finish_writing() {
  auto* request = new uv_shutdown_t;
  int code = uv_shutdown(request, &implementation_->stream,
                         [](uv_shutdown_t* request, int) noexcept { delete request; });
  if (code != 0) delete request;
}

const std::string& Stream::peer() const noexcept { return implementation_->peer; }
std::uint16_t Stream::peer_port() const noexcept { return implementation_->peer_port; }
bool Stream::is_unix() const noexcept { return implementation_->is_unix; }

int Stream::descriptor() const noexcept {
  uv_os_fd_t descriptor = -1;
  uv_fileno(&implementation_->handle, &descriptor);
  return descriptor;
}

// ---- listening ----------------------------------------------------------------

struct Listener::Implementation {
  union {
    uv_handle_t handle;
    uv_stream_t stream;
    uv_tcp_t tcp;
    uv_pipe_t pipe;
  };
  Loop* loop = nullptr;
  Accept accept;
  bool closing = false;
  bool is_unix = false;
  std::uint16_t port = 0;
};

static void close_listener(Listener::Implementation* self) noexcept {
  self->closing = true;
  uv_close(&self->handle, [](uv_handle_t* handle) noexcept {
    delete static_cast<Listener::Implementation*>(handle->data);
  });
}

static void on_connection(uv_stream_t* stream, int status) noexcept {
  auto* self = static_cast<Listener::Implementation*>(stream->data);
  if (self->closing) return;
  if (status != 0) {
    base::log::warn("loop", "accept failed", {{"reason", uv_strerror(status)}});
    return;
  }
  auto* peer = self->is_unix ? new_pipe(*self->loop) : new_tcp(*self->loop);
  if (uv_accept(stream, &peer->stream) != 0) {
    close_implementation(peer);
    return;
  }
  note_peer(peer);
  self->accept(std::make_unique<Stream>(peer));
}

// libuv tells only here that an address is taken.
static Result<void> start_listening(Listener::Implementation* self, const std::string& what) {
  if (int code = uv_listen(&self->stream, 1024, on_connection); code != 0) {
    return uv_error(code, "listen on " + what);
  }
  return {};
}

// What needs no resolver, and no thread that may be waiting for one.
static std::optional<sockaddr_storage> numeric(const Address& address) {
  sockaddr_storage out{};
  if (uv_ip4_addr(address.host.c_str(), address.port, reinterpret_cast<sockaddr_in*>(&out)) == 0) return out;
  if (uv_ip6_addr(address.host.c_str(), address.port, reinterpret_cast<sockaddr_in6*>(&out)) == 0) return out;
  return std::nullopt;
}

Result<std::unique_ptr<Listener>> Listener::open(Loop& loop, const Address& address,
                                                 bool share_port, Accept accept) {
  if (!address.path.empty()) {
    TRY(int descriptor, bind_unix(address.path));
    return adopt(loop, descriptor, std::move(accept));
  }
  auto target = numeric(address);
  if (!target) return base::invalid("listen address: not an IP address: " + address.host);
  auto* self = new Listener::Implementation{};
  self->loop = &loop;
  self->accept = std::move(accept);
  uv_tcp_init_ex(loop.raw(), &self->tcp, target->ss_family);
  self->handle.data = self;
  std::unique_ptr<Listener> listener(new Listener(self));
  if (share_port) {
    uv_os_fd_t descriptor = -1;
    uv_fileno(&self->handle, &descriptor);
    int yes = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes);
  }
  if (int code = uv_tcp_bind(&self->tcp, reinterpret_cast<sockaddr*>(&*target), 0); code != 0) {
    return uv_error(code, "bind " + address.text());
  }
  TRY_VOID(start_listening(self, address.text()));
  int length = sizeof *target;
  uv_tcp_getsockname(&self->tcp, reinterpret_cast<sockaddr*>(&*target), &length);
  self->port = ntohs(target->ss_family == AF_INET
                         ? reinterpret_cast<sockaddr_in*>(&*target)->sin_port
                         : reinterpret_cast<sockaddr_in6*>(&*target)->sin6_port);
  return listener;
}

Result<std::unique_ptr<Listener>> Listener::adopt(Loop& loop, int descriptor, Accept accept) {
  auto* self = new Listener::Implementation{};
  self->loop = &loop;
  self->accept = std::move(accept);
  self->is_unix = true;
  uv_pipe_init(loop.raw(), &self->pipe, 0);
  self->handle.data = self;
  std::unique_ptr<Listener> listener(new Listener(self));
  if (int code = uv_pipe_open(&self->pipe, descriptor); code != 0) {
    return uv_error(code, "adopt socket");
  }
  TRY_VOID(start_listening(self, "a unix socket"));
  return listener;
}

Listener::~Listener() { close_listener(implementation_); }
std::uint16_t Listener::port() const noexcept { return implementation_->port; }

Result<int> bind_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return base::invalid("socket path too long: " + path);
  std::memcpy(address.sun_path, path.data(), path.size());
  int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return base::unavailable("socket: " + std::string(std::strerror(errno)));
  // A socket nobody listens on is left over from an earlier run; a live one is not ours.
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
    ::close(descriptor);
    return base::unavailable("bind unix:" + path + ": address already in use");
  }
  struct stat info {};
  if (::lstat(path.c_str(), &info) == 0 && S_ISSOCK(info.st_mode)) ::unlink(path.c_str());
  mode_t before = ::umask(0117);
  int bound = ::bind(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address);
  int reason = errno;
  ::umask(before);
  if (bound != 0) {
    ::close(descriptor);
    return base::unavailable("bind unix:" + path + ": " + std::strerror(reason));
  }
  return descriptor;
}

// ---- connecting ---------------------------------------------------------------

namespace {

// One attempt: resolve, connect, answer once. Shared by the callbacks in flight.
struct Attempt : std::enable_shared_from_this<Attempt> {
  explicit Attempt(Loop& loop) : loop(loop) {}

  void finish(Result<std::unique_ptr<Stream>> result) {
    if (!done) return;
    auto callback = std::move(done);
    done = nullptr;
    timer.reset();
    callback(std::move(result));
  }

  void abandon() {
    done = nullptr;
    timer.reset();
    // One that waits for its turn goes at once; one that is being looked up, with its answer.
    if (resolving) uv_cancel(reinterpret_cast<uv_req_t*>(resolving));
    if (stream) {
      close_implementation(stream);
      stream = nullptr;
    }
  }

  void connect_to(const sockaddr* target) {
    stream = new_tcp(loop);
    auto* request = new Connecting{{}, shared_from_this()};
    request->request.data = request;
    int code = uv_tcp_connect(&request->request, &stream->tcp, target, on_connected);
    if (code != 0) {
      delete request;
      fail(code);
    }
  }

  void connect_to_path(const std::string& path) {
    stream = new_pipe(loop);
    auto* request = new Connecting{{}, shared_from_this()};
    request->request.data = request;
    uv_pipe_connect(&request->request, &stream->pipe, path.c_str(), on_connected);
  }

  void fail(int code) {
    if (stream) close_implementation(stream);
    stream = nullptr;
    finish(uv_error(code, "connect " + label));
  }

  struct Connecting {
    uv_connect_t request;
    std::shared_ptr<Attempt> attempt;
  };

  static void on_connected(uv_connect_t* request, int status) noexcept {
    std::unique_ptr<Connecting> holder(static_cast<Connecting*>(request->data));
    Attempt& self = *holder->attempt;
    if (!self.done || !self.stream) return;  // dropped or timed out meanwhile
    if (status != 0) return self.fail(status);
    note_peer(self.stream);
    auto* connected = self.stream;
    self.stream = nullptr;
    self.finish(std::make_unique<Stream>(connected));
  }

  Loop& loop;
  base::Function<void(Result<std::unique_ptr<Stream>>)> done;
  std::unique_ptr<Timer> timer;
  Stream::Implementation* stream = nullptr;
  uv_getaddrinfo_t* resolving = nullptr;
  std::string label;
};

struct Resolving {
  uv_getaddrinfo_t request;
  std::shared_ptr<Attempt> attempt;
};

}  // namespace

Pending connect(Loop& loop, const Address& address, std::uint64_t timeout_ms,
                base::Function<void(Result<std::unique_ptr<Stream>>)> done) {
  auto attempt = std::make_shared<Attempt>(loop);
  attempt->done = std::move(done);
  attempt->label = address.text();
  std::weak_ptr<Attempt> weak = attempt;
  attempt->timer = std::make_unique<Timer>(loop, [weak] {
    auto self = weak.lock();
    if (!self) return;
    if (self->stream) close_implementation(self->stream);
    self->stream = nullptr;
    self->finish(Error{base::Code::timeout, "connect " + self->label + ": timed out"});
  });
  attempt->timer->start(timeout_ms);
  if (!address.path.empty()) {
    // Never before the starting call has returned, even for an error known at once.
    loop.post([attempt, path = address.path] {
      if (attempt->done) attempt->connect_to_path(path);
    });
    return Pending::cancelled_by([attempt] { attempt->abandon(); });
  }
  if (auto target = numeric(address)) {
    loop.post([attempt, target = *target] {
      if (attempt->done) attempt->connect_to(reinterpret_cast<const sockaddr*>(&target));
    });
    return Pending::cancelled_by([attempt] { attempt->abandon(); });
  }
  auto* resolving = new Resolving{{}, attempt};
  resolving->request.data = resolving;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  int code = uv_getaddrinfo(
      loop.raw(), &resolving->request,
      [](uv_getaddrinfo_t* request, int status, addrinfo* found) noexcept {
        std::unique_ptr<Resolving> holder(static_cast<Resolving*>(request->data));
        Attempt& self = *holder->attempt;
        self.resolving = nullptr;
        if (self.done) {
          if (status != 0) {
            self.fail(status);
          } else {
            self.connect_to(found->ai_addr);
          }
        }
        uv_freeaddrinfo(found);
      },
      address.host.c_str(), std::to_string(address.port).c_str(), &hints);
  if (code != 0) {
    delete resolving;
    loop.post([attempt, code] { attempt->fail(code); });
  } else {
    attempt->resolving = &resolving->request;
  }
  return Pending::cancelled_by([attempt] { attempt->abandon(); });
}

}  // namespace host::loop
