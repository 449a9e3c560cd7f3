#include "http/composer.h"

#include <unistd.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "http/sources.h"

namespace host::http {

using base::text::iequals;

// Below this a body is copied behind its head and leaves in the same write.
static constexpr std::size_t inline_bytes = 64 * 1024;
static constexpr std::size_t gzip_from = 1024;
static constexpr std::size_t gzip_at_once = 128 * 1024;
static constexpr std::size_t text_slice = 256 * 1024;
static constexpr std::size_t gzip_slice = 64 * 1024;

Asked::Asked(const Request& request)
    : head(request.method == "HEAD"),
      get(request.method == "GET"),
      minor_version(request.minor_version) {
  for (const Header& header : request.headers) {
    const std::string& name = header.name;
    if (name.size() == 15 && name == "accept-encoding") {
      if (!accept_encoding.empty()) accept_encoding += ',';
      accept_encoding += header.value;
    } else if (name == "range") {
      conditions.range = header.value;
    } else if (name.size() > 3 && name.compare(0, 3, "if-") == 0) {
      if (name == "if-match") conditions.if_match = header.value;
      if (name == "if-none-match") conditions.if_none_match = header.value;
      if (name == "if-modified-since") conditions.if_modified_since = header.value;
      if (name == "if-unmodified-since") conditions.if_unmodified_since = header.value;
      if (name == "if-range") conditions.if_range = header.value;
    }
  }
}

Response Composer::plain(int status, std::string_view why) {
  Response response;
  response.status = status;
  response.set("Content-Type", "text/plain; charset=utf-8");
  std::string text = std::to_string(status) + " " + base::text::lower(reason(status));
  if (!why.empty()) text.append(": ").append(why);
  text += '\n';
  response.body = std::move(text);
  response.compress = false;
  return response;
}

static bool good_name(std::string_view name) noexcept {
  if (name.empty()) return false;
  for (unsigned char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    static constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    if (!letter && marks.find(static_cast<char>(c)) == std::string_view::npos) return false;
  }
  return true;
}

// A header that would end the line it stands in lets a value write the next answer.
static const Header* bad_header(const Response& response) noexcept {
  for (const Header& header : response.headers) {
    if (!good_name(header.name) || base::text::has_line_break(header.value)) return &header;
  }
  return nullptr;
}

static const std::string* find(const Response& response, std::string_view name) noexcept {
  for (const Header& header : response.headers) {
    if (iequals(header.name, name)) return &header.value;
  }
  return nullptr;
}

void Composer::discard(Response& response) noexcept {
  if (auto* file = std::get_if<FileBody>(&response.body); file && file->descriptor >= 0) {
    ::close(file->descriptor);
    file->descriptor = -1;
  }
}

// The framing of an answer is the connection's business, whatever a handler says.
static bool reserved(std::string_view name) noexcept {
  switch (name.size()) {
    case 4: return iequals(name, "date");
    case 7: return iequals(name, "upgrade") || iequals(name, "trailer");
    case 10: return iequals(name, "connection") || iequals(name, "keep-alive");
    case 12: return iequals(name, "x-request-id");
    case 14: return iequals(name, "content-length");
    case 17: return iequals(name, "transfer-encoding");
    default: return false;
  }
}

void Composer::add_date(std::string& out) {
  std::time_t now = std::time(nullptr);
  if (now != date_second_) {
    date_second_ = now;
    date_ = "Date: " + http_date(now) + "\r\n";
  }
  out += date_;
}

static void add_number(std::string& out, std::uint64_t number) {
  char digits[20];
  char* at = digits + sizeof digits;
  do {
    *--at = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number);
  out.append(at, digits + sizeof digits - at);
}

static void add_line(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// Applies range and conditional headers to a file answer: status, headers, and the
// bytes to send. Leaves the body a FileBody, or an empty text when none of it goes out.
static Selection apply_selection(const Asked& asked, Response& response) {
  FileBody& file = std::get<FileBody>(response.body);
  Selection all{response.status, 0, file.size};
  if (response.status != 200 || !(asked.get || asked.head)) return all;
  Validators validators;
  validators.modified = file.modified;
  if (const std::string* own = find(response, "etag")) {
    validators.etag = *own;
  } else {
    validators.etag = fmt::format("\"{:x}-{:x}\"", file.size, file.modified);
    response.set("ETag", validators.etag);
  }
  if (!find(response, "last-modified")) response.set("Last-Modified", http_date(file.modified));
  response.set("Accept-Ranges", "bytes");
  Selection chosen = select(asked.conditions, validators, file.size, asked.get);
  response.status = chosen.status;
  if (chosen.status == 206) {
    response.set("Content-Range", fmt::format("bytes {}-{}/{}", chosen.offset,
                                              chosen.offset + chosen.length - 1, file.size));
  } else if (chosen.status == 416) {
    response.set("Content-Range", fmt::format("bytes */{}", file.size));
  }
  return chosen;
}

Composed Composer::compose(const Asked& asked, Response&& response, std::string_view id,
                           bool keep_alive, std::string& out) {
  if (const Header* bad = bad_header(response)) {
    base::log::error("http", "refused to send a header",
                     {{"request", id}, {"header", bad->name}, {"route", response.route}});
    discard(response);
    response = plain(500, "the handler's answer is not valid HTTP");
  } else if (response.status < 200 || response.status > 599) {
    base::log::error("http", "refused to send a status",
                     {{"request", id}, {"status", response.status}, {"route", response.route}});
    discard(response);
    response = plain(500, "the handler's answer is not valid HTTP");
  }

  Selection selection;
  bool file = std::holds_alternative<FileBody>(response.body);
  if (file) selection = apply_selection(asked, response);
  auto* source = std::get_if<std::unique_ptr<ChunkSource>>(&response.body);
  auto* text = std::get_if<std::string>(&response.body);
  SharedText common;
  if (auto* shared = std::get_if<SharedText>(&response.body)) {
    common = std::move(*shared);
    CHECK(common != nullptr);
  }
  bool bodiless = response.status == 204 || response.status == 304;

  // Compression: what could be compressed varies by Accept-Encoding, compressed or not.
  bool zip = false;
  if (response.compress && !file && !bodiless && response.status != 206 &&
      (source || (text && text->size() >= gzip_from) || (common && !common->packed.empty()))) {
    const std::string* type = find(response, "content-type");
    const std::string* etag = find(response, "etag");
    const std::string* control = find(response, "cache-control");
    // A strong ETag names exact bytes, which gzip would change.
    bool eligible = type && compressible(*type) && !find(response, "content-encoding") &&
                    !(etag && etag->substr(0, 2) != "W/") &&
                    !(control && control->find("no-transform") != std::string::npos);
    if (eligible) {
      zip = accepts_gzip(asked.accept_encoding);
      response.set("Vary", "Accept-Encoding");
      if (zip) response.set("Content-Encoding", "gzip");
    }
  }

  Composed composed;
  composed.status = response.status;
  std::string packed;
  std::uint64_t length = 0;
  bool known_length = true;
  if (source && !*source) {
    response.body = std::string();
    text = std::get_if<std::string>(&response.body);
    source = nullptr;
  }
  if (file) {
    length = selection.length;
  } else if (source) {
    known_length = false;
    composed.stream = true;
    composed.source = std::move(*source);
    if (zip) composed.source = gzip_source(loop_, std::move(composed.source));
  } else if (common) {
    length = zip ? common->packed.size() : common->plain.size();
    if (!asked.head) composed.source = shared_source(loop_, std::move(common), zip);
  } else if (zip && text->size() > gzip_at_once) {
    known_length = false;
    composed.source =
        gzip_source(loop_, text_source(loop_, std::move(*text), gzip_slice));
  } else {
    if (zip) {
      if (!gzip_) gzip_ = std::make_unique<Gzip>();
      gzip_->finish(*text, packed);
      text = &packed;
    }
    length = text->size();
    if (length > inline_bytes && !asked.head) {
      composed.source = text_source(loop_, std::move(*text), text_slice);
    }
  }

  composed.chunked = !known_length && asked.minor_version == 1;
  // HTTP/1.0 knows the end of such a body only by the end of the connection.
  composed.close = !keep_alive || (!known_length && !composed.chunked);

  out += "HTTP/1.1 ";
  add_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += reason(response.status);
  out += "\r\n";
  add_date(out);
  for (const Header& header : response.headers) {
    if (!reserved(header.name)) add_line(out, header.name, header.value);
  }
  // What we say it is: no browser is to guess another type from bytes that callers chose.
  if (!find(response, "x-content-type-options")) out += "X-Content-Type-Options: nosniff\r\n";
  add_line(out, "X-Request-Id", id);
  if (!bodiless) {
    if (composed.chunked) {
      out += "Transfer-Encoding: chunked\r\n";
    } else if (known_length) {
      out += "Content-Length: ";
      add_number(out, length);
      out += "\r\n";
    }
  }
  if (composed.close) {
    out += "Connection: close\r\n";
  } else if (asked.minor_version == 0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";

  bool silent = asked.head || bodiless;
  if (silent) {
    composed.source.reset();
    composed.chunked = composed.stream = false;
    discard(response);
  } else if (file) {
    auto& body = std::get<FileBody>(response.body);
    if (length == 0) {
      discard(response);
    } else {
      composed.source = file_source(loop_, body.descriptor, selection.offset, length);
    }
  } else if (!composed.source) {
    out += *text;
  }
  return composed;
}

}  // namespace host::http
