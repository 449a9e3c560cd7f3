// gzip for answers: who accepts it, what is worth it, and the deflater itself.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace host::http {

// Whether an Accept-Encoding value takes gzip (RFC 9110 12.5.3; q=0 means no).
bool accepts_gzip(std::string_view accept_encoding) noexcept;

// Text-like types. Event streams are not: their events must not wait for a block.
bool compressible(std::string_view content_type) noexcept;

// One gzip stream. Level 1: the lane's time is worth more than the last tenth of size.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Appends the compressed form of `bytes`, flushed so that the client can read on.
  void add(std::string_view bytes, std::string& out);
  void finish(std::string_view bytes, std::string& out);  // ends the stream and resets

 private:
  struct Stream;
  void run(std::string_view bytes, int flush, std::string& out);
  std::unique_ptr<Stream> stream_;
};

}  // namespace host::http
