// TLS 1.2 and later on the server's side: OpenSSL over memory, the bytes over a
// loop::Stream. The settings are read once and shared by all connections.
#pragma once

#include <memory>

#include "base/result.h"
#include "http/server.h"
#include "http/transport.h"
#include "loop/loop.h"

struct ssl_ctx_st;

namespace host::http {

class TlsContext {
 public:
  // Reads certificate chain and key (PEM); fails when they do not belong together.
  static base::Result<std::shared_ptr<TlsContext>> load(const TlsFiles& files);
  // New connections get what the files hold now; those that are open keep theirs. On failure all stays.
  base::Result<void> renew(const TlsFiles& files);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // The handshake happens while reading; nothing may be written before the first bytes
  // were read, which an HTTP server never does.
  std::unique_ptr<Transport> accept(loop::Loop& loop, std::unique_ptr<loop::Stream> stream);

 private:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  ssl_ctx_st* context_;
};

}  // namespace host::http
