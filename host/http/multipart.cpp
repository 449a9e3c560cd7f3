#include "http/multipart.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "base/result.h"
#include "base/text.h"

namespace host::http {

using base::text::iequals;
using base::text::trim;

static Refusal malformed(std::string_view what) {
  return {400, "multipart: " + std::string(what)};
}

// One parameter of a header value: `name=token` or `name="quoted \" string"`.
struct Parameter {
  std::string_view name;
  std::string value;
};

// Takes one parameter off the front of `text` (after its ';'). False: malformed.
static bool take_parameter(std::string_view& text, Parameter& out) {
  text = trim(text);
  std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  out.name = trim(text.substr(0, equals));
  out.value.clear();
  text.remove_prefix(equals + 1);
  if (!text.empty() && text.front() == '"') {
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
      // Browsers send a Windows path's backslashes bare: only these two are escapes.
      bool escape = text[i] == '\\' && i + 1 < text.size() &&
                    (text[i + 1] == '"' || text[i + 1] == '\\');
      if (escape) ++i;
      out.value += text[i];
    }
    if (i >= text.size()) return false;
    text.remove_prefix(i + 1);
    text = trim(text);
    if (!text.empty() && text.front() != ';') return false;
  } else {
    std::size_t end = text.find(';');
    out.value = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end);
    if (out.value.empty()) return false;
  }
  if (!text.empty()) text.remove_prefix(1);
  return true;
}

bool Multipart::is_form_data(std::string_view content_type) noexcept {
  return iequals(trim(content_type.substr(0, content_type.find(';'))), "multipart/form-data");
}

static bool boundary_character(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::strchr("'()+_,-./:=? ", c) != nullptr;
}

std::optional<std::string> Multipart::boundary(std::string_view content_type) {
  std::size_t at = content_type.find(';');
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view rest = content_type.substr(at + 1);
  std::optional<std::string> found;
  while (!trim(rest).empty()) {
    Parameter parameter;
    if (!take_parameter(rest, parameter)) return std::nullopt;
    if (!iequals(parameter.name, "boundary")) continue;
    if (found) return std::nullopt;
    found = std::move(parameter.value);
  }
  if (!found || found->empty() || found->size() > 70 || found->back() == ' ') return std::nullopt;
  for (char c : *found) {
    if (c == '\0' || !boundary_character(c)) return std::nullopt;
  }
  return found;
}

Multipart::Multipart(std::string_view boundary, MultipartLimits limits)
    : limits_(std::move(limits)), delimiter_("\r\n--" + std::string(boundary)) {
  // The first delimiter may stand at the very start, where no line ends before it.
  buffer_ = "\r\n";
}

Refusal Multipart::feed(std::string_view bytes) {
  // In slices, so that erasing from the front of the buffer stays cheap.
  Refusal refusal;
  while (!bytes.empty() && state_ != State::epilogue) {
    std::string_view slice = bytes.substr(0, 64 * 1024);
    bytes.remove_prefix(slice.size());
    buffer_ += slice;
    while (step(refusal)) {
    }
    if (refusal) return refusal;
  }
  return {};
}

bool Multipart::step(Refusal& refusal) {
  switch (state_) {
    case State::preamble:
    case State::data: {
      std::size_t at = buffer_.find(delimiter_);
      bool found = at != std::string::npos;
      std::size_t ready = at;
      if (!found) {
        // The tail may be the beginning of a delimiter.
        std::size_t keep = delimiter_.size() - 1;
        ready = buffer_.size() > keep ? buffer_.size() - keep : 0;
      }
      if (state_ == State::data) {
        add_data(std::string_view(buffer_).substr(0, ready));
      }
      buffer_.erase(0, found ? at + delimiter_.size() : ready);
      if (found) state_ = State::after_delimiter;
      return found;
    }
    case State::after_delimiter: {
      std::size_t blanks = buffer_.find_first_not_of(" \t");
      if (blanks == std::string::npos) blanks = buffer_.size();
      if (blanks > 64) {
        refusal = malformed("blanks after a boundary");
        return false;
      }
      std::string_view rest = std::string_view(buffer_).substr(blanks);
      if (rest.size() < 2) return false;
      if (blanks == 0 && rest.substr(0, 2) == "--") {
        state_ = State::epilogue;
        buffer_.clear();
        return false;
      }
      if (rest.substr(0, 2) != "\r\n") {
        refusal = malformed("bytes after a boundary");
        return false;
      }
      // The CRLF stays: a part without headers is then CRLF CRLF, like the end of any.
      buffer_.erase(0, blanks);
      state_ = State::headers;
      return true;
    }
    case State::headers: {
      std::size_t end = buffer_.find("\r\n\r\n");
      if (end == std::string::npos ? buffer_.size() > limits_.part_header_bytes
                                   : end > limits_.part_header_bytes) {
        refusal = {431, "multipart: part headers too large"};
        return false;
      }
      if (end == std::string::npos) return false;
      refusal = begin_part(std::string_view(buffer_).substr(2, end < 2 ? 0 : end - 2));
      if (refusal) return false;
      buffer_.erase(0, end + 4);
      state_ = State::data;
      return true;
    }
    case State::epilogue: buffer_.clear(); return false;
  }
  return false;
}

Refusal Multipart::begin_part(std::string_view header_block) {
  if (parts_.size() == limits_.parts) {
    return {413, "multipart: more than " + std::to_string(limits_.parts) + " parts"};
  }
  Part part;
  bool disposed = false;
  for (std::string_view line : base::text::split(header_block, '\n')) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    for (unsigned char c : line) {
      if ((c < 0x20 && c != '\t') || c == 0x7f) return malformed("a control byte in a part header");
    }
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' ||
        line.front() == '\t') {
      return malformed("bad part header");
    }
    std::string_view name = line.substr(0, colon);
    std::string_view value = trim(line.substr(colon + 1));
    if (iequals(name, "content-type")) {
      part.content_type = value;
    } else if (iequals(name, "content-disposition")) {
      if (disposed) return malformed("two content-disposition headers in a part");
      disposed = true;
      std::size_t semicolon = value.find(';');
      if (!iequals(trim(value.substr(0, semicolon)), "form-data")) {
        return malformed("content-disposition is not form-data");
      }
      std::string_view rest =
          semicolon == std::string_view::npos ? std::string_view() : value.substr(semicolon + 1);
      bool named = false;
      while (!trim(rest).empty()) {
        Parameter parameter;
        if (!take_parameter(rest, parameter)) return malformed("bad content-disposition");
        if (iequals(parameter.name, "name")) {
          if (named) return malformed("two names in a part");
          named = true;
          part.name = std::move(parameter.value);
        } else if (iequals(parameter.name, "filename")) {
          part.filename = std::move(parameter.value);
        }
      }
      if (!named) return malformed("a part without a name");
    }
  }
  if (!disposed) return malformed("a part without content-disposition");
  parts_.push_back(std::move(part));
  return {};
}

static bool write_all(int descriptor, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

Refusal store(const std::vector<FileWrite>& writes) {
  for (const FileWrite& write : writes) {
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | (write.first ? O_CREAT | O_EXCL : 0);
    int descriptor = ::open(write.file->path().c_str(), flags, 0600);
    bool stored = descriptor >= 0 && write_all(descriptor, write.bytes);
    int reason = errno;
    if (descriptor >= 0) ::close(descriptor);
    if (stored) continue;
    base::log::error("http", "cannot store an upload", {{"reason", std::strerror(reason)}});
    return {reason == ENOSPC || reason == EDQUOT ? 507 : 500, "the upload could not be stored"};
  }
  return {};
}

// A name nobody can guess; that there is no such file is seen when it is made.
static std::string temporary_path(const std::string& folder) {
  unsigned char random[16];
  CHECK(::getrandom(random, sizeof random, 0) == sizeof random);
  std::string path = folder + "/patchbay-upload-";
  for (unsigned char byte : random) {
    path += "0123456789abcdef"[byte >> 4];
    path += "0123456789abcdef"[byte & 15];
  }
  return path;
}

// What the current part holds in memory goes to a file; the rest follows it there.
void Multipart::spill() {
  Part& part = parts_.back();
  part.file = std::make_shared<TemporaryFile>(temporary_path(limits_.temporary_folder));
  memory_ -= part.data.size();
  writes_.push_back({part.file, std::exchange(part.data, std::string()), true});
}

void Multipart::add_data(std::string_view bytes) {
  if (bytes.empty()) return;
  Part& part = parts_.back();
  part.size += bytes.size();
  if (!part.file && (part.size > limits_.part_memory_bytes ||
                     memory_ + bytes.size() > limits_.memory_bytes)) {
    spill();
  }
  if (!part.file) {
    part.data += bytes;
    memory_ += bytes.size();
  } else if (!writes_.empty() && writes_.back().file == part.file) {
    writes_.back().bytes += bytes;
  } else {
    writes_.push_back({part.file, std::string(bytes)});
  }
}

Refusal Multipart::finish() {
  if (state_ != State::epilogue) return malformed("the closing boundary is missing");
  return {};
}

}  // namespace host::http
