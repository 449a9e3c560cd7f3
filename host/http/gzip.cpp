#include "http/gzip.h"

#include <zlib.h>

#include "base/result.h"
#include "base/text.h"

namespace host::http {

using base::text::iequals;
using base::text::trim;

bool accepts_gzip(std::string_view accept_encoding) noexcept {
  bool any = false;
  while (!accept_encoding.empty()) {
    std::size_t comma = accept_encoding.find(',');
    std::string_view item = accept_encoding.substr(0, comma);
    accept_encoding =
        comma == std::string_view::npos ? std::string_view() : accept_encoding.substr(comma + 1);
    std::size_t semicolon = item.find(';');
    std::string_view coding = trim(item.substr(0, semicolon));
    bool refused = false;
    if (semicolon != std::string_view::npos) {
      std::string_view weight = trim(item.substr(semicolon + 1));
      if (base::text::starts_with_ignoring_case(weight, "q=")) {
        weight.remove_prefix(2);
        refused = !weight.empty() && weight.find_first_not_of("0.") == std::string_view::npos;
      }
    }
    if (iequals(coding, "gzip") || iequals(coding, "x-gzip")) return !refused;
    if (coding == "*") any = !refused;
  }
  return any;
}

bool compressible(std::string_view content_type) noexcept {
  std::string_view type = trim(content_type.substr(0, content_type.find(';')));
  if (iequals(type, "text/event-stream")) return false;
  if (base::text::starts_with_ignoring_case(type, "text/")) return true;
  for (std::string_view known :
       {"application/json", "application/xml", "application/javascript", "application/csv",
        "application/yaml", "application/x-ndjson", "image/svg+xml"}) {
    if (iequals(type, known)) return true;
  }
  auto ends = [&](std::string_view suffix) {
    return type.size() > suffix.size() &&
           iequals(type.substr(type.size() - suffix.size()), suffix);
  };
  return ends("+json") || ends("+xml");
}

struct Gzip::Stream {
  z_stream z{};
};

Gzip::Gzip() : stream_(std::make_unique<Stream>()) {
  // 15 + 16: a gzip header and trailer around deflate.
  int code = deflateInit2(&stream_->z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  CHECK(code == Z_OK);  // only memory can fail here
}

Gzip::~Gzip() { deflateEnd(&stream_->z); }

void Gzip::run(std::string_view bytes, int flush, std::string& out) {
  z_stream& z = stream_->z;
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  z.avail_in = static_cast<uInt>(bytes.size());
  char room[16 * 1024];
  do {
    z.next_out = reinterpret_cast<Bytef*>(room);
    z.avail_out = sizeof room;
    deflate(&z, flush);
    out.append(room, sizeof room - z.avail_out);
  } while (z.avail_out == 0);
}

void Gzip::add(std::string_view bytes, std::string& out) { run(bytes, Z_SYNC_FLUSH, out); }

void Gzip::finish(std::string_view bytes, std::string& out) {
  run(bytes, Z_FINISH, out);
  deflateReset(&stream_->z);
}

}  // namespace host::http
