// One answer: status, headers, and a body that is text (its own or one that many answers
// share), a file, or a stream of chunks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "http/request.h"
#include "loop/pending.h"

namespace host::http {

// Bytes made while they are sent. The connection asks for the next chunk only when
// the one before has left (back-pressure), on its lane's thread.
class ChunkSource {
 public:
  virtual ~ChunkSource() = default;
  // `done` runs later, once: bytes, or empty at the end, or an error that cuts the
  // connection. Dropping the Pending or the source stops the work behind it.
  virtual loop::Pending next(base::Function<void(base::Result<std::string>)> done) = 0;
  // Bytes of the answer that it keeps in memory until they have left.
  virtual std::size_t held() const noexcept { return 0; }
};

// A text that many answers send: none of them has a copy. `packed` is the same in gzip's
// form, made once; empty when that is not worth it.
struct CommonText {
  std::string plain;
  std::string packed;
};
using SharedText = std::shared_ptr<const CommonText>;

// A regular file that is already open (the opener resolved it inside its root). The
// connection handles Range, If-Range, If-None-Match, If-Modified-Since, and closes it.
struct FileBody {
  int descriptor = -1;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  // seconds since 1970
};

using Body = std::variant<std::string, FileBody, std::unique_ptr<ChunkSource>, SharedText>;

struct Response {
  int status = 200;
  std::vector<Header> headers;  // Content-Length, Date, Connection are the connection's
  Body body = std::string();
  std::string route;   // label for the access log and the metrics, e.g. "openapi/extension.get"
  std::string note;    // extra for the access log (key id), never a secret
  bool compress = true;  // may be gzipped when the client accepts it and it is large

  Response& set(std::string name, std::string value) {
    headers.push_back({std::move(name), std::move(value)});
    return *this;
  }
};

// The standard reason phrase, "" for an unknown status.
std::string_view reason(int status) noexcept;
// The same as one word: "content_too_large".
std::string code_word(int status);

}  // namespace host::http
