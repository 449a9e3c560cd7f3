// The request parser: no input may crash it, and how the bytes are cut into reads may
// not change what it makes of them.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/parser.h"

namespace {

std::string summary(std::string_view bytes, std::size_t step) {
  host::http::Limits limits;
  limits.header_bytes = 4096;
  limits.target_bytes = 1024;
  limits.header_count = 20;
  limits.memory_body_bytes = 4096;
  limits.body_bytes = 8192;
  host::http::Parser parser(limits);
  std::string out;
  while (!bytes.empty()) {
    std::string piece(bytes.substr(0, step));  // exactly sized, so that ASan sees overruns
    bytes.remove_prefix(piece.size());
    std::string_view input = piece;
    while (!input.empty()) {
      auto event = parser.feed(input);
      if (event == host::http::Parser::Event::refused) {
        // Which of two faults is seen first may depend on the cut; that it is refused may not.
        return out + "refused";
      }
      if (event != host::http::Parser::Event::complete) continue;
      bool stays = parser.keep_alive();
      host::http::Request request = parser.take();
      if (request.path.empty() || request.path.front() != '/' ||
          request.path.find('\0') != std::string::npos ||
          (request.path + "/").find("/../") != std::string::npos) {
        std::abort();
      }
      out += request.method + "|" + request.path + "|" + request.query + "|" + request.body + "|";
      for (auto& header : request.headers) {
        if (header.value.find_first_of("\r\n") != std::string::npos) std::abort();
        out += header.name + "=" + header.value + ";";
      }
      for (auto& part : request.parts) out += part.name + ":" + std::to_string(part.size) + ";";
      out += stays ? "\n" : "!\n";
    }
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::string whole = summary(bytes, size + 1);
  if (summary(bytes, 1) != whole || summary(bytes, 7) != whole) std::abort();
  return 0;
}
