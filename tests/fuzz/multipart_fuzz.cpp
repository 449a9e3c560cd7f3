// The multipart reader: no crash, no limit passed, the same parts however it is cut.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/multipart.h"

namespace {

std::string summary(std::string_view bytes, std::size_t step) {
  host::http::MultipartLimits limits;
  limits.parts = 5;
  limits.part_header_bytes = 256;
  limits.part_memory_bytes = 1 << 20;  // files are the unit test's business
  limits.memory_bytes = 1 << 20;
  host::http::Multipart reader("XX", limits);
  while (!bytes.empty()) {
    std::string piece(bytes.substr(0, step));
    bytes.remove_prefix(piece.size());
    // Which of two faults is seen first may depend on the cut; that it is refused may not.
    if (reader.feed(piece)) return "refused";
  }
  if (reader.finish()) return "refused";
  std::string out;
  auto parts = reader.take_parts();
  if (parts.size() > limits.parts) std::abort();
  for (auto& part : parts) {
    if (part.size != part.data.size()) std::abort();
    out += part.name + "|" + part.filename + "|" + part.content_type + "|" + part.data + "\n";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  host::http::Multipart::boundary(bytes);
  std::string whole = summary(bytes, size + 1);
  if (summary(bytes, 1) != whole || summary(bytes, 5) != whole) std::abort();
  return 0;
}
