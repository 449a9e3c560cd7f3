// A streaming multipart/form-data reader (RFC 7578): bytes in as they come, Parts out
// at the end. A part above the limit goes to a TemporaryFile while it arrives; the reader
// itself touches no disk, it hands out what is to be written.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

// Bytes for the end of a file; the first of a file make it.
struct FileWrite {
  std::shared_ptr<TemporaryFile> file;
  std::string bytes;
  bool first = false;
};

// Does them in order; blocks. The refusal of the first that failed.
Refusal store(const std::vector<FileWrite>& writes);

class Multipart {
 public:
  Multipart(std::string_view boundary, MultipartLimits limits);
  Multipart(const Multipart&) = delete;
  Multipart& operator=(const Multipart&) = delete;

  // The boundary of a multipart/form-data content type; nullopt: none or a bad one.
  static std::optional<std::string> boundary(std::string_view content_type);
  static bool is_form_data(std::string_view content_type) noexcept;

  Refusal feed(std::string_view bytes);
  // The end of the body; parts() is complete when this refuses nothing.
  Refusal finish();
  // Of the parts, without what went to files.
  std::size_t memory() const noexcept { return memory_; }
  std::vector<Part> take_parts() { return std::move(parts_); }
  // What came for files since the last call. A part may be used when its writes are done.
  std::vector<FileWrite> take_writes() { return std::exchange(writes_, {}); }

 private:
  enum class State { preamble, after_delimiter, headers, data, epilogue };

  bool step(Refusal& refusal);  // false: more bytes are needed
  Refusal begin_part(std::string_view header_block);
  void add_data(std::string_view bytes);
  void spill();

  MultipartLimits limits_;
  std::string delimiter_;  // CRLF "--" boundary
  std::string buffer_;     // not yet understood
  State state_ = State::preamble;
  std::vector<Part> parts_;
  std::vector<FileWrite> writes_;
  std::size_t memory_ = 0;
};

}  // namespace host::http
