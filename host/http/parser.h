// Bytes -> http::Request, strictly. llhttp parses; what it lets pass although no two
// programs agree on it (facts a request smuggler lives on) is refused here before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/multipart.h"
#include "http/refusal.h"
#include "http/request.h"
#include "http/server.h"

namespace host::http {

// A request target as it stands in the request line, taken apart.
struct Target {
  std::string path;       // decoded, no dot segments
  std::string_view query;
  std::string_view authority;  // of an absolute-form target, else empty
};

// nullopt: a broken escape, a NUL, or no form that a server is asked in.
std::optional<Target> parse_target(std::string_view target, std::string_view method);
std::string remove_dot_segments(std::string_view path);
bool valid_host(std::string_view host) noexcept;

class Parser {
 public:
  enum class Event {
    more,      // everything was used; the request goes on
    head,      // the header block is complete and a body follows
    complete,  // take() it
    refused,   // answer refusal() and read no further
  };

  // `coming`: the sum of what all parsers of a server hold of bodies.
  explicit Parser(const Limits& limits, std::size_t* coming = nullptr);
  ~Parser();
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // Uses bytes from the front of `input` up to the next event.
  Event feed(std::string_view& input);

  // The finished request, once; the parser is then ready for the next one.
  Request take();
  // What is known of a refused request (perhaps nothing), once.
  Request take_partial();
  const Refusal& refusal() const noexcept { return refusal_; }
  // What came for the files of a multipart body: to be written before the request is used.
  std::vector<FileWrite> take_writes();

  bool started() const noexcept { return phase_ != Phase::head || seen_bytes_; }
  bool keep_alive() const noexcept { return keep_alive_; }
  bool expects_continue() const noexcept { return expects_continue_; }

 private:
  enum class Phase { head, body, chunks, trailer, done };
  struct Machine;  // llhttp and its callbacks
  struct Scan {
    enum { incomplete, found, refused } result;
    std::size_t end = 0;  // found: one past the empty line
  };

  Scan scan(std::string_view block, bool trailer);
  void recognise(std::string_view block);
  bool check_request_line(std::string_view line);
  bool check_field_line(std::string_view line, bool trailer);
  Event feed_head(std::string_view& input);
  Event feed_body(std::string_view& input);
  Event feed_chunks(std::string_view& input);
  Event feed_trailer(std::string_view& input);
  Event parse_head(std::string_view block);
  bool understand_head();
  bool begin_body();
  bool announce_chunk(std::uint64_t size);
  bool add_body(std::string_view bytes);
  void count_body(std::size_t bytes) noexcept;
  Event finish_body();
  bool refuse(int status, std::string reason);
  Event gather(std::string_view& input, bool trailer, std::string_view& block);

  const Limits& limits_;
  std::unique_ptr<Machine> machine_;
  Phase phase_ = Phase::head;
  Request request_;
  Refusal refusal_;
  std::string held_;            // an incomplete header block
  std::size_t scanned_ = 0;     // complete lines of it that were checked
  std::size_t line_count_ = 0;  // of this block
  std::unique_ptr<Multipart> multipart_;
  std::vector<FileWrite> writes_;  // of a body that is complete
  std::uint64_t content_length_ = 0;
  bool has_length_ = false;
  std::uint64_t body_bytes_ = 0;
  std::size_t* coming_;
  std::size_t counted_ = 0;  // in it, by this one
  std::uint64_t framing_bytes_ = 0;
  bool seen_bytes_ = false;
  bool chunked_ = false;
  bool keep_alive_ = true;
  bool expects_continue_ = false;
};

}  // namespace host::http
