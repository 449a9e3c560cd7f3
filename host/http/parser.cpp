#include "http/parser.h"

#include <llhttp.h>

#include <algorithm>
#include <array>

#include "base/text.h"

#if !LLHTTP_STRICT_MODE
#error "llhttp must be compiled, and included, in strict mode"
#endif

namespace host::http {

using base::text::iequals;
using base::text::trim;

// ---- characters -----------------------------------------------------------------

static constexpr std::array<bool, 256> characters(std::string_view extra) {
  std::array<bool, 256> set{};
  for (int c = '0'; c <= '9'; ++c) set[c] = true;
  for (int c = 'a'; c <= 'z'; ++c) set[c] = true;
  for (int c = 'A'; c <= 'Z'; ++c) set[c] = true;
  for (char c : extra) set[static_cast<unsigned char>(c)] = true;
  return set;
}
static constexpr auto token_set = characters("!#$%&'*+-.^_`|~");
static constexpr auto host_set = characters("-._~!$&'()*+,;=");
static constexpr auto address_set = characters(":.");

static bool all_in(std::string_view text, const std::array<bool, 256>& set) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return set[static_cast<unsigned char>(c)]; });
}

// ---- targets --------------------------------------------------------------------

bool valid_host(std::string_view host) noexcept {
  std::string_view port;
  if (!host.empty() && host.front() == '[') {
    std::size_t end = host.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    if (!all_in(host.substr(1, end - 1), address_set)) return false;
    port = host.substr(end + 1);
  } else {
    std::size_t colon = host.find(':');
    std::string_view name = host.substr(0, colon);
    if (name.empty() || !all_in(name, host_set)) return false;
    port = colon == std::string_view::npos ? std::string_view() : host.substr(colon);
  }
  if (port.empty()) return true;
  if (port.front() != ':') return false;
  port.remove_prefix(1);
  if (port.empty()) return true;
  auto number = base::text::integer(port);
  return port.size() <= 5 && number && *number <= 65535;
}

std::string remove_dot_segments(std::string_view path) {
  if (path.find("/.") == std::string_view::npos) return std::string(path);
  std::string out;
  while (!path.empty()) {
    // One segment with the slash before it.
    std::size_t end = path.find('/', 1);
    std::string_view segment = path.substr(1, end == std::string_view::npos ? end : end - 1);
    bool last = end == std::string_view::npos;
    path = last ? std::string_view() : path.substr(end);
    if (segment == "..") {
      std::size_t cut = out.rfind('/');
      out.erase(cut == std::string::npos ? 0 : cut);
    } else if (segment != ".") {
      out += '/';
      out += segment;
      continue;
    }
    if (last) out += '/';
  }
  return out.empty() ? "/" : out;
}

std::optional<Target> parse_target(std::string_view target, std::string_view method) {
  Target out;
  if (target == "*") {
    if (method != "OPTIONS") return std::nullopt;
    out.path = "/";
    return out;
  }
  for (std::string_view scheme : {"http://", "https://"}) {
    if (!base::text::starts_with_ignoring_case(target, scheme)) continue;
    target.remove_prefix(scheme.size());
    std::size_t end = std::min(target.find_first_of("/?"), target.size());
    out.authority = target.substr(0, end);
    target.remove_prefix(end);
    if (!valid_host(out.authority)) return std::nullopt;
    break;
  }
  if (out.authority.empty() && (target.empty() || target.front() != '/')) return std::nullopt;
  std::size_t question = target.find('?');
  std::string_view path = target.substr(0, question);
  if (question != std::string_view::npos) out.query = target.substr(question + 1);
  if (path.find('%') == std::string_view::npos) {
    out.path = path;
  } else {
    auto decoded = base::text::percent_decode(path, false);
    if (!decoded || decoded->find('\0') != std::string::npos) return std::nullopt;
    out.path = std::move(*decoded);
  }
  if (out.path.empty()) out.path = "/";
  out.path = remove_dot_segments(out.path);
  return out;
}

// ---- llhttp -----------------------------------------------------------------------

struct Parser::Machine {
  explicit Machine(Parser& parser) : owner(parser) {
    llhttp_settings_init(&settings);
    settings.on_url = [](llhttp_t* p, const char* at, size_t length) noexcept {
      of(p).owner.request_.target.append(at, length);
      return 0;
    };
    settings.on_header_field = [](llhttp_t* p, const char* at, size_t length) noexcept {
      Machine& self = of(p);
      for (size_t i = 0; i < length; ++i) {
        char c = at[i];
        self.name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
      return 0;
    };
    settings.on_header_value = [](llhttp_t* p, const char* at, size_t length) noexcept {
      of(p).value.append(at, length);
      return 0;
    };
    settings.on_header_value_complete = [](llhttp_t* p) noexcept {
      Machine& self = of(p);
      // Trailers say nothing that a handler could rely on: checked, then dropped.
      if (!self.in_trailer) {
        self.owner.request_.headers.push_back({self.name, std::string(trim(self.value))});
      }
      self.name.clear();
      self.value.clear();
      return 0;
    };
    settings.on_headers_complete = [](llhttp_t* p) noexcept {
      // An upgrade is never made: the request is answered as plain HTTP/1.1, and
      // understand_head() sees to it that nothing behind it is read.
      p->upgrade = 0;
      return static_cast<int>(HPE_PAUSED);
    };
    settings.on_chunk_header = [](llhttp_t* p) noexcept {
      Machine& self = of(p);
      if (p->content_length == 0) {
        self.last_chunk = true;
        return static_cast<int>(HPE_PAUSED);
      }
      return self.owner.announce_chunk(p->content_length) ? 0 : static_cast<int>(HPE_USER);
    };
    settings.on_body = [](llhttp_t* p, const char* at, size_t length) noexcept {
      Machine& self = of(p);
      self.owner.framing_bytes_ -= length;
      return self.owner.add_body({at, length}) ? 0 : static_cast<int>(HPE_USER);
    };
    settings.on_message_complete = [](llhttp_t* p) noexcept {
      of(p).complete = true;
      return static_cast<int>(HPE_PAUSED);
    };
  }

  static Machine& of(llhttp_t* p) noexcept { return *static_cast<Machine*>(p->data); }

  void reset() noexcept {
    llhttp_init(&parser, HTTP_REQUEST, &settings);
    parser.data = this;
    name.clear();
    value.clear();
    in_trailer = last_chunk = complete = false;
  }

  // Runs over bytes; returns how many were used before a pause or an error.
  llhttp_errno_t run(std::string_view bytes, size_t& used) noexcept {
    llhttp_errno_t code = llhttp_execute(&parser, bytes.data(), bytes.size());
    used = bytes.size();
    if (code != HPE_OK) {
      const char* at = llhttp_get_error_pos(&parser);
      if (at >= bytes.data() && at <= bytes.data() + bytes.size()) used = at - bytes.data();
    }
    return code;
  }

  std::string reason(llhttp_errno_t code) const {
    const char* text = llhttp_get_error_reason(&parser);
    return text && *text ? base::text::lower(text) : base::text::lower(llhttp_errno_name(code));
  }

  Parser& owner;
  llhttp_t parser{};
  llhttp_settings_t settings{};
  std::string name;
  std::string value;
  bool in_trailer = false;
  bool last_chunk = false;
  bool complete = false;
};

Parser::Parser(const Limits& limits, std::size_t* coming)
    : limits_(limits), machine_(std::make_unique<Machine>(*this)), coming_(coming) {}
Parser::~Parser() { count_body(0); }

bool Parser::refuse(int status, std::string reason) {
  if (!refusal_) refusal_ = {status, std::move(reason)};
  request_.body = std::string();
  count_body(0);
  return false;
}

Parser::Event Parser::feed(std::string_view& input) {
  if (refusal_) return Event::refused;
  Event event = Event::more;
  switch (phase_) {
    case Phase::head: event = feed_head(input); break;
    case Phase::body: event = feed_body(input); break;
    case Phase::chunks: event = feed_chunks(input); break;
    case Phase::trailer: event = feed_trailer(input); break;
    case Phase::done: event = Event::complete; break;
  }
  return refusal_ ? Event::refused : event;
}

std::vector<FileWrite> Parser::take_writes() {
  return multipart_ ? multipart_->take_writes() : std::exchange(writes_, {});
}

Request Parser::take() {
  count_body(0);
  Request request = std::move(request_);
  request_ = Request();
  phase_ = Phase::head;
  held_.clear();
  multipart_.reset();
  scanned_ = line_count_ = 0;
  body_bytes_ = framing_bytes_ = 0;
  seen_bytes_ = false;
  return request;
}

Request Parser::take_partial() {
  recognise(held_);
  Request request = take();
  request.body.clear();
  return request;
}

// ---- the header block --------------------------------------------------------------

// Whose address a refused request was sent to, as far as its first line says.
void Parser::recognise(std::string_view block) {
  static constexpr std::size_t looked_at = 1024;
  if (!request_.path.empty()) return;
  block.remove_prefix(std::min(block.find_first_not_of("\r\n"), block.size()));
  std::size_t space = block.find(' ');
  if (space == std::string_view::npos || !all_in(block.substr(0, space), token_set)) return;
  request_.method = block.substr(0, space);
  block.remove_prefix(space + 1);
  std::string_view target = block.substr(0, std::min(block.find_first_of(" ?#\r\n"), block.size()));
  if (target.size() > looked_at) target = target.substr(0, target.rfind('/', looked_at) + 1);
  for (unsigned char c : target) {
    if (c <= 0x20 || c >= 0x7f) return;
  }
  if (auto known = parse_target(target, request_.method)) request_.path = std::move(known->path);
}

bool Parser::check_request_line(std::string_view line) {
  std::size_t space = line.find(' ');
  std::string_view method = line.substr(0, space);
  if (method.empty() || !all_in(method, token_set)) return refuse(400, "bad method");
  if (space == std::string_view::npos) return refuse(400, "bad request line");
  line.remove_prefix(space + 1);
  space = line.find(' ');
  if (space == std::string_view::npos) return refuse(400, "bad request line");
  std::string_view target = line.substr(0, space);
  std::string_view version = line.substr(space + 1);
  if (version.size() != 8 || version.substr(0, 5) != "HTTP/" || version[6] != '.' ||
      version[5] < '0' || version[5] > '9' || version[7] < '0' || version[7] > '9') {
    return refuse(400, "bad request line");
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return refuse(505, "only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  if (target.empty()) return refuse(400, "bad request line");
  if (target.size() > limits_.target_bytes) return refuse(414, "request target too long");
  for (unsigned char c : target) {
    if (c <= 0x20 || c >= 0x7f || c == '#') return refuse(400, "bad byte in the request target");
  }
  request_.method = method;
  request_.minor_version = version[7] - '0';
  static constexpr std::string_view methods[] = {"GET",   "HEAD",   "POST",   "PUT",
                                                 "PATCH", "DELETE", "OPTIONS"};
  if (std::find(std::begin(methods), std::end(methods), method) == std::end(methods)) {
    return refuse(501, "method not implemented");
  }
  return true;
}

bool Parser::check_field_line(std::string_view line, bool trailer) {
  if (line.front() == ' ' || line.front() == '\t') return refuse(400, "folded header line");
  std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return refuse(400, "header line without a colon");
  std::string_view name = line.substr(0, colon);
  if (name.empty() || !all_in(name, token_set)) return refuse(400, "bad header name");
  for (unsigned char c : line.substr(colon + 1)) {
    if ((c < 0x20 && c != '\t') || c == 0x7f) return refuse(400, "control byte in a header");
  }
  if (!trailer) return true;
  for (std::string_view framing : {"content-length", "transfer-encoding", "host", "connection",
                                   "content-type", "content-encoding", "trailer", "expect",
                                   "authorization", "cookie", "upgrade"}) {
    if (iequals(name, framing)) return refuse(400, "header not allowed in a trailer");
  }
  return true;
}

// Checks the complete lines of a block, from where the last call stopped.
Parser::Scan Parser::scan(std::string_view block, bool trailer) {
  for (;;) {
    std::size_t end = block.find('\n', scanned_);
    if (end == std::string_view::npos) {
      if (!trailer && line_count_ == 0 && block.size() - scanned_ > limits_.target_bytes + 64) {
        refuse(414, "request target too long");
        return {Scan::refused};
      }
      if (block.size() > limits_.header_bytes) break;
      return {Scan::incomplete};
    }
    if (end + 1 > limits_.header_bytes) break;
    if (end == scanned_ || block[end - 1] != '\r') {
      refuse(400, "line not ended by CR LF");
      return {Scan::refused};
    }
    std::string_view line = block.substr(scanned_, end - 1 - scanned_);
    scanned_ = end + 1;
    if (line.empty()) {
      if (line_count_ > 0 || trailer) return {Scan::found, scanned_};
      // RFC 9112 2.2: an empty line or two before the request line is forgiven.
      if (scanned_ > 4) {
        refuse(400, "empty request line");
        return {Scan::refused};
      }
      continue;
    }
    bool good = line_count_ == 0 && !trailer ? check_request_line(line)
                                             : check_field_line(line, trailer);
    if (!good) return {Scan::refused};
    if (++line_count_ > limits_.header_count + 1) {
      refuse(431, "more than " + std::to_string(limits_.header_count) + " headers");
      return {Scan::refused};
    }
  }
  refuse(431, "request header larger than " + std::to_string(limits_.header_bytes) + " bytes");
  return {Scan::refused};
}

// Finds the end of a header block, holding the bytes back until it is there. `complete`
// means that `block` is whole; it stays valid until held_ changes.
Parser::Event Parser::gather(std::string_view& input, bool trailer, std::string_view& block) {
  std::size_t held = held_.size();
  if (held > 0) {
    // Never more than the limit and a bit, whatever came in one read.
    held_ += input.substr(0, limits_.header_bytes + 1);
  }
  std::string_view whole = held > 0 ? std::string_view(held_) : input;
  Scan result = scan(whole, trailer);
  if (result.result == Scan::refused) {
    if (!trailer) recognise(whole);
    return Event::refused;
  }
  if (result.result == Scan::incomplete) {
    if (held == 0) held_ = input;
    input = {};
    return Event::more;
  }
  input.remove_prefix(result.end - held);
  block = whole.substr(0, result.end);
  scanned_ = line_count_ = 0;
  return Event::complete;
}

Parser::Event Parser::feed_head(std::string_view& input) {
  if (!input.empty()) seen_bytes_ = true;
  std::string_view block;
  Event event = gather(input, false, block);
  if (event != Event::complete) return event;
  event = parse_head(block);
  if (event == Event::refused) recognise(block);
  held_.clear();
  return event;
}

Parser::Event Parser::parse_head(std::string_view block) {
  machine_->reset();
  request_.headers.reserve(12);
  std::size_t used = 0;
  llhttp_errno_t code = machine_->run(block, used);
  if (code != HPE_PAUSED) {
    refuse(400, machine_->reason(code));
    return Event::refused;
  }
  if (!understand_head() || !begin_body()) return Event::refused;
  if (phase_ == Phase::chunks) {
    llhttp_resume(&machine_->parser);
    if (used < block.size()) {
      code = machine_->run(block.substr(used), used);
      if (code != HPE_OK) refuse(400, machine_->reason(code));
    }
  }
  return phase_ == Phase::done ? Event::complete : Event::head;
}

// A well-formed id that the client chose, so that its logs and ours can be joined.
static bool good_request_id(std::string_view id) noexcept {
  static constexpr auto set = characters("-_.:");
  return !id.empty() && id.size() <= 64 && all_in(id, set);
}

bool Parser::understand_head() {
  int hosts = 0, lengths = 0, encodings = 0;
  bool close = false, stay = false, upgrade = false;
  has_length_ = chunked_ = expects_continue_ = false;
  content_length_ = 0;
  Header* host = nullptr;
  for (Header& header : request_.headers) {
    std::string_view name = header.name;
    std::string_view value = header.value;
    switch (name.size()) {
      case 4:
        if (name != "host") break;
        ++hosts;
        host = &header;
        break;
      case 6:
        if (name != "expect" || request_.minor_version == 0) break;
        if (!iequals(value, "100-continue")) return refuse(417, "expectation not supported");
        expects_continue_ = true;
        break;
      case 7: upgrade |= name == "upgrade"; break;
      case 10:
        if (name != "connection") break;
        for (std::string_view option : base::text::split(value, ',')) {
          close |= iequals(trim(option), "close");
          stay |= iequals(trim(option), "keep-alive");
        }
        break;
      case 12:
        if (name == "x-request-id" && good_request_id(value)) request_.id = value;
        break;
      case 14: {
        if (name != "content-length") break;
        ++lengths;
        auto number = base::text::integer(value);
        if (!number || (value.size() > 1 && value.front() == '0')) {
          return refuse(400, "bad content-length");
        }
        has_length_ = true;
        content_length_ = static_cast<std::uint64_t>(*number);
        break;
      }
      case 17:
        if (name != "transfer-encoding") break;
        ++encodings;
        if (!iequals(value, "chunked")) return refuse(400, "transfer-encoding is not chunked");
        chunked_ = true;
        break;
      default: break;
    }
  }
  if (encodings > 1 || lengths > 1 || (encodings && lengths)) {
    return refuse(400, "ambiguous body length");
  }
  if (chunked_ && request_.minor_version == 0) {
    return refuse(400, "transfer-encoding in HTTP/1.0");
  }
  if (hosts > 1) return refuse(400, "two host headers");
  if (hosts == 0 && request_.minor_version == 1) return refuse(400, "no host header");
  if (host && !valid_host(host->value)) return refuse(400, "bad host header");
  auto target = parse_target(request_.target, request_.method);
  if (!target) return refuse(400, "bad request target");
  request_.path = std::move(target->path);
  request_.query = target->query;
  if (!target->authority.empty()) {
    // RFC 9112 3.2.2: the target's authority wins over the header.
    if (host) host->value = target->authority;
    std::string_view rest = request_.target;
    rest.remove_prefix(target->authority.data() + target->authority.size() - rest.data());
    std::string origin(rest);
    if (origin.empty() || origin.front() != '/') origin.insert(0, "/");
    request_.target = std::move(origin);
  }
  keep_alive_ = !close && !upgrade && (request_.minor_version == 1 || stay);
  return true;
}

// ---- the body ------------------------------------------------------------------------

bool Parser::begin_body() {
  if (!chunked_ && content_length_ == 0) {
    phase_ = Phase::done;
    expects_continue_ = false;
    return true;
  }
  std::string_view type = request_.header("content-type");
  if (Multipart::is_form_data(type)) {
    auto boundary = Multipart::boundary(type);
    if (!boundary) return refuse(400, "multipart: no usable boundary");
    MultipartLimits limits;
    limits.parts = limits_.parts;
    limits.part_memory_bytes = limits_.part_memory_bytes;
    limits.memory_bytes = limits_.memory_body_bytes;
    limits.temporary_folder = limits_.temporary_folder;
    multipart_ = std::make_unique<Multipart>(*boundary, std::move(limits));
  }
  if (has_length_ && !announce_chunk(content_length_)) return false;
  if (has_length_ && !multipart_ && content_length_ <= 256 * 1024) {
    request_.body.reserve(static_cast<std::size_t>(content_length_));
  }
  phase_ = chunked_ ? Phase::chunks : Phase::body;
  return true;
}

// `size` more bytes of body are promised: better to refuse now than after reading them.
bool Parser::announce_chunk(std::uint64_t size) {
  std::uint64_t limit = limits_.body_bytes;
  if (!multipart_) limit = std::min<std::uint64_t>(limit, limits_.memory_body_bytes);
  if (size > limit || body_bytes_ > limit - size) {
    return refuse(413, "request body larger than " + std::to_string(limit) + " bytes");
  }
  return true;
}

bool Parser::add_body(std::string_view bytes) {
  body_bytes_ += bytes.size();
  if (multipart_) {
    if (Refusal refusal = multipart_->feed(bytes)) {
      return refuse(refusal.status, std::move(refusal.reason));
    }
    count_body(multipart_->memory());
  } else {
    request_.body += bytes;
    count_body(request_.body.size());
  }
  // Any single one is bounded, but not how many clients send one and never its end.
  if (!coming_ || *coming_ <= limits_.coming_bytes) return true;
  return refuse(503, "too many request bodies at once");
}

void Parser::count_body(std::size_t bytes) noexcept {
  if (coming_) *coming_ += bytes - counted_;
  counted_ = bytes;
}

Parser::Event Parser::finish_body() {
  if (multipart_) {
    if (Refusal refusal = multipart_->finish()) {
      refuse(refusal.status, std::move(refusal.reason));
      return Event::refused;
    }
    request_.parts = multipart_->take_parts();
    writes_ = multipart_->take_writes();
    multipart_.reset();
  }
  phase_ = Phase::done;
  return Event::complete;
}

Parser::Event Parser::feed_body(std::string_view& input) {
  // A counted body needs no parser; counting here leaves no doubt where the next begins.
  std::uint64_t missing = content_length_ - body_bytes_;
  auto size = static_cast<std::size_t>(std::min<std::uint64_t>(missing, input.size()));
  if (!add_body(input.substr(0, size))) return Event::refused;
  input.remove_prefix(size);
  return body_bytes_ == content_length_ ? finish_body() : Event::more;
}

Parser::Event Parser::feed_chunks(std::string_view& input) {
  if (input.empty()) return Event::more;
  std::size_t used = 0;
  framing_bytes_ += input.size();
  llhttp_errno_t code = machine_->run(input, used);
  framing_bytes_ -= input.size() - used;
  input.remove_prefix(used);
  if (code == HPE_PAUSED && machine_->last_chunk) {
    machine_->in_trailer = true;
    phase_ = Phase::trailer;
    return feed_trailer(input);
  }
  if (code != HPE_OK) {
    refuse(400, machine_->reason(code));
    return Event::refused;
  }
  // Chunk extensions and one-byte chunks must not cost more than the body is worth.
  if (framing_bytes_ > 64 * 1024 + 8 * body_bytes_) {
    refuse(400, "too much chunk framing");
    return Event::refused;
  }
  return Event::more;
}

Parser::Event Parser::feed_trailer(std::string_view& input) {
  if (input.empty()) return Event::more;
  std::string_view block;
  Event event = gather(input, true, block);
  if (event != Event::complete) return event;
  llhttp_resume(&machine_->parser);
  std::size_t used = 0;
  llhttp_errno_t code = machine_->run(block, used);
  bool complete = code == HPE_PAUSED && machine_->complete;
  held_.clear();
  if (!complete) {
    refuse(400, machine_->reason(code));
    return Event::refused;
  }
  return finish_body();
}

}  // namespace host::http
