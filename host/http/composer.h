// Turns a Response into the bytes that go out: checks headers, decides on ranges,
// compression and framing. One per server; lives on its lane.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>
#include <string>
#include <string_view>

#include "http/gzip.h"
#include "http/precondition.h"
#include "http/response.h"
#include "loop/loop.h"

namespace host::http {

// What an answer depends on, kept when the handler takes the request itself.
struct Asked {
  explicit Asked(const Request& request);
  Asked() = default;

  bool head = false;
  bool get = false;
  int minor_version = 1;
  std::string accept_encoding;
  Conditions conditions;
};

// The answer beyond what was already written to the buffer.
struct Composed {
  int status = 0;
  std::unique_ptr<ChunkSource> source;  // null: the buffer holds it all
  bool stream = false;   // made by the handler: it ends when the client goes away
  bool chunked = false;  // frame the source's bytes
  bool close = false;
};

class Composer {
 public:
  explicit Composer(loop::Loop& loop) : loop_(loop) {}

  // Appends the head, and the body when it is short, to `out`.
  Composed compose(const Asked& asked, Response&& response, std::string_view id, bool keep_alive,
                   std::string& out);

  // A plain-text answer of the transport itself.
  static Response plain(int status, std::string_view reason);

  // For an answer nobody reads any more: closes its file.
  static void discard(Response& response) noexcept;

 private:
  void add_date(std::string& out);

  loop::Loop& loop_;
  std::unique_ptr<Gzip> gzip_;  // made when first needed
  std::time_t date_second_ = 0;
  std::string date_;
};

}  // namespace host::http
