// Whose a request is that a proxy hands on: X-Forwarded-For and Forwarded count from trusted peers alone, and
// the client is the last address in them that is no such proxy itself.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "http/client.h"
#include "http/request.h"

namespace host::http {

class Proxies {
 public:
  // Addresses and networks, and "unix" for unix sockets.
  static base::Result<Proxies> parse(const std::vector<std::string>& texts);

  // Sets peer, proxy and secure of a request that a trusted peer sent, its headers read. One with both
  // headers is refused: a proxy writes one, so its client wrote the other.
  void look(Request& request) const;

 private:
  bool trust(const std::string& peer) const;

  Networks networks_;
  bool unix_ = false;
};

}  // namespace host::http
