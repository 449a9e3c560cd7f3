// One received request, as a value. Bytes are as they came unless said otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.h"

namespace host::http {

struct Header {
  std::string name;  // lower case
  std::string value;
};

// A file that disappears with its last owner. Large bodies and multipart parts spill here.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

// One part of a multipart/form-data body.
struct Part {
  std::string name;
  std::string filename;      // empty: a plain field
  std::string content_type;  // empty: not given
  std::string data;          // small parts
  std::shared_ptr<TemporaryFile> file;  // large parts; data is then empty
  std::uint64_t size = 0;
};

struct Request {
  std::string method;    // "GET"
  std::string target;    // as received: path and query
  std::string path;      // percent-decoded, starts with '/', no NUL, no dot segments
  std::string query;     // after '?', not decoded
  std::vector<Header> headers;
  std::string body;      // empty when multipart (see parts) or when there is none
  std::vector<Part> parts;
  std::string peer;      // address of the peer's socket, "unix" for a unix socket; through a proxy that
                         // is trusted the client's
  std::string proxy;     // that proxy's address then
  std::uint16_t peer_port = 0;
  bool secure = false;   // TLS
  int minor_version = 1; // HTTP/1.x
  std::string id;        // request id: given by X-Request-Id when well-formed, else made
  std::uint64_t started_ns = 0;  // monotonic
  Refusal refusal;       // by the transport; there is no body then

  // First value of a header (name in lower case), or an empty view.
  std::string_view header(std::string_view name) const noexcept;
};

}  // namespace host::http
