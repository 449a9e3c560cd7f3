// Outgoing HTTP for handlers: libcurl on the loop. Reaches only public addresses unless
// told otherwise, follows no redirects, and bounds time and size of every answer.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "http/request.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::http {

struct ClientRequest {
  std::string method = "GET";
  std::string url;
  std::vector<Header> headers;
  std::string body;
  std::uint64_t timeout_ms = 0;  // 0: the settings' value
  std::uint64_t max_bytes = 0;   // 0: the settings' value
};

struct ClientResponse {
  int status = 0;
  std::vector<Header> headers;  // names in lower case
  std::string body;
};

// Answers in place of the real web. Called on the lanes' threads.
class Web {
 public:
  virtual ~Web() = default;
  // Nullopt: the real one is asked.
  virtual std::optional<base::Result<ClientResponse>> answer(const ClientRequest& request) = 0;
};

struct ClientSettings {
  // Networks that may be reached although they are private ("127.0.0.0/8", "::1/128",
  // "10.1.2.3"); "*" allows every address.
  std::vector<std::string> allowed_networks;
  std::string ca_file;               // empty: the system's authorities
  std::uint64_t connect_ms = 5'000;
  std::uint64_t timeout_ms = 10'000;     // when the request does not say
  std::uint64_t max_timeout_ms = 60'000;
  std::uint64_t max_bytes = 1u << 20;    // when the request does not say
  std::uint64_t max_max_bytes = 16u << 20;
  std::size_t concurrent = 256;          // beyond it a request is `unavailable`
  std::string user_agent = "patchbay";
  std::shared_ptr<Web> web;              // a test's
};

// A set of IP networks in CIDR notation.
class Networks {
 public:
  static base::Result<Networks> parse(const std::vector<std::string>& texts);
  bool contains(std::string_view ip) const;  // numeric

 private:
  struct Network {
    unsigned char bytes[16];  // IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<Network> networks_;
};

// Whether an address leads to this host, a private network, or anywhere but the public
// internet. Addresses that embed an IPv4 one (mapped, NAT64, 6to4) are judged by it.
bool private_address(std::string_view ip);

class Client {
 public:
  // A setting that does not parse refuses every request and is logged.
  Client(loop::Loop& loop, ClientSettings settings);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // Errors: `invalid` a bad url, method or header; `denied` a private address;
  // `timeout`; `unavailable` not reached, or too many at once; `refused` a certificate
  // that is not trusted, or an answer above max_bytes.
  loop::Pending request(ClientRequest request,
                        base::Function<void(base::Result<ClientResponse>)> done);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace host::http
