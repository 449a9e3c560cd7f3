#include "ami/packet.h"

#include <charconv>
#include <cstring>

#include "base/text.h"

namespace host::ami {

using base::text::iequals;

static constexpr std::string_view line_end = "\r\n";
static constexpr std::string_view banner_start = "Asterisk Call Manager/";

// Asterisk ends some messages with a line feed of their own.
static std::string_view without_line_feeds(std::string_view value) noexcept {
  while (!value.empty() && (value.back() == '\n' || value.back() == '\r')) value.remove_suffix(1);
  return value;
}

Packet::Packet(std::initializer_list<Header> headers) {
  for (const Header& header : headers) add(header.name, header.value);
}

Packet::Packet(std::string_view text) : text_(text) {
  fields_.reserve(24);
  const char* base = text_.data();
  std::size_t at = 0;
  while (at < text_.size()) {
    std::size_t end = text_.find(line_end, at);
    if (end == std::string::npos) end = text_.size();
    const void* found = std::memchr(base + at, ':', end - at);
    if (found && found != base + at) {
      std::size_t colon = static_cast<std::size_t>(static_cast<const char*>(found) - base);
      std::size_t value = colon + 1;
      // Exactly one blank belongs to the separator; Output lines may be indented.
      if (value < end && text_[value] == ' ') ++value;
      std::string_view kept = without_line_feeds({base + value, end - value});
      fields_.push_back({static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(colon - at),
                         static_cast<std::uint32_t>(value),
                         static_cast<std::uint32_t>(kept.size())});
    }
    at = end + line_end.size();
  }
}

void Packet::add(std::string_view name, std::string_view value) {
  auto start = static_cast<std::uint32_t>(text_.size());
  auto name_size = static_cast<std::uint32_t>(name.size());
  text_.append(name).append(value);
  fields_.push_back({start, name_size, start + name_size, static_cast<std::uint32_t>(value.size())});
}

void Packet::remove(std::string_view name) {
  if (!find(name)) return;
  Packet kept;
  for (std::size_t i = 0; i < size(); ++i) {
    Header header = (*this)[i];
    if (!iequals(header.name, name)) kept.add(header.name, header.value);
  }
  *this = std::move(kept);
}

Header Packet::operator[](std::size_t index) const noexcept {
  const Field& field = fields_[index];
  return {{text_.data() + field.name, field.name_size}, {text_.data() + field.value, field.value_size}};
}

const Packet::Field* Packet::find(std::string_view name) const noexcept {
  for (const Field& field : fields_) {
    if (field.name_size == name.size() && iequals({text_.data() + field.name, field.name_size}, name)) {
      return &field;
    }
  }
  return nullptr;
}

std::string_view Packet::get(std::string_view name) const noexcept {
  const Field* field = find(name);
  if (!field) return {};
  return {text_.data() + field->value, field->value_size};
}

bool Packet::has(std::string_view name) const noexcept { return find(name) != nullptr; }

std::vector<std::string_view> Packet::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (std::size_t i = 0; i < size(); ++i) {
    Header header = (*this)[i];
    if (iequals(header.name, name)) values.push_back(header.value);
  }
  return values;
}

long long Packet::integer(std::string_view name, long long fallback) const noexcept {
  std::string_view value = get(name);
  long long number = 0;
  auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  return code == std::errc() && end != value.data() ? number : fallback;
}

std::string Packet::serialise() const {
  std::string out;
  out.reserve(text_.size() + size() * 4 + 2);
  for (std::size_t i = 0; i < size(); ++i) {
    Header header = (*this)[i];
    out.append(header.name).append(": ").append(header.value).append(line_end);
  }
  return out.append(line_end);
}

void Framer::append(std::string_view bytes) {
  // What was consumed goes before more comes in, so the buffer holds one read at most
  // beyond the packet that is incomplete.
  if (begin_ > 0) {
    buffer_.erase(0, begin_);
    scanned_ -= begin_;
    begin_ = 0;
  }
  buffer_.append(bytes);
}

base::Result<std::optional<Packet>> Framer::next() {
  for (;;) {
    std::string_view rest = std::string_view(buffer_).substr(begin_);
    // A stray blank line is an empty packet: seen after messages that end in a line feed.
    if (rest.size() >= 2 && rest.substr(0, 2) == line_end) {
      begin_ += 2;
      if (scanned_ < begin_) scanned_ = begin_;
      continue;
    }
    if (banner_.empty()) {
      std::size_t compared = std::min(rest.size(), banner_start.size());
      if (compared > 0 && rest.substr(0, compared) == banner_start.substr(0, compared)) {
        std::size_t end = rest.find(line_end);
        if (end == std::string_view::npos) {
          if (rest.size() > 1024) return base::Error{base::Code::refused, "ami: endless banner"};
          return std::optional<Packet>();
        }
        banner_ = rest.substr(0, end);
        begin_ += end + line_end.size();
        scanned_ = begin_;
        continue;
      }
    }
    std::size_t end = buffer_.find("\r\n\r\n", scanned_);
    if (end == std::string::npos) {
      // The last three bytes may be the start of the end.
      scanned_ = std::max(begin_, buffer_.size() < 3 ? std::size_t{0} : buffer_.size() - 3);
      if (rest.size() > limit_) {
        return base::Error{base::Code::refused, "ami: packet larger than " + std::to_string(limit_) + " bytes"};
      }
      return std::optional<Packet>();
    }
    if (end - begin_ > limit_) {
      return base::Error{base::Code::refused, "ami: packet larger than " + std::to_string(limit_) + " bytes"};
    }
    Packet packet(std::string_view(buffer_).substr(begin_, end - begin_));
    begin_ = end + 4;
    scanned_ = begin_;
    if (!packet.empty()) return std::optional<Packet>(std::move(packet));
  }
}

void Framer::reset() {
  buffer_.clear();
  begin_ = scanned_ = 0;
  banner_.clear();
}

}  // namespace host::ami
