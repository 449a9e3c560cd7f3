// A streaming multipart/form-data reader (RFC 7578): bytes in as they come, Parts out
// at the end. A part above the limit goes to a TemporaryFile while it arrives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/refusal.h"
#include "http/request.h"

namespace host::http {

struct MultipartLimits {
  std::size_t parts = 100;
  std::size_t part_memory_bytes = 256 * 1024;  // one part
  std::size_t memory_bytes = 8u << 20;         // all parts together
  std::size_t part_header_bytes = 8 * 1024;
  std::string temporary_folder = "/tmp";
};

class Multipart {
 public:
  Multipart(std::string_view boundary, MultipartLimits limits);
  ~Multipart();
  Multipart(const Multipart&) = delete;
  Multipart& operator=(const Multipart&) = delete;

  // The boundary of a multipart/form-data content type; nullopt: none or a bad one.
  static std::optional<std::string> boundary(std::string_view content_type);
  static bool is_form_data(std::string_view content_type) noexcept;

  Refusal feed(std::string_view bytes);
  // The end of the body; parts() is complete when this refuses nothing.
  Refusal finish();
  std::vector<Part> take_parts() { return std::move(parts_); }

 private:
  enum class State { preamble, after_delimiter, headers, data, epilogue };

  bool step(Refusal& refusal);  // false: more bytes are needed
  Refusal begin_part(std::string_view header_block);
  Refusal add_data(std::string_view bytes);
  Refusal spill();
  void end_part();

  MultipartLimits limits_;
  std::string delimiter_;  // CRLF "--" boundary
  std::string buffer_;     // not yet understood
  State state_ = State::preamble;
  std::vector<Part> parts_;
  std::size_t memory_ = 0;
  int descriptor_ = -1;  // of the part that is being spilled
};

}  // namespace host::http
