// One AMI packet and the framing that cuts packets out of a byte stream. Values: no
// I/O here. A Packet owns its bytes; the views it hands out live as long as it does
// and are valid until add() or remove().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::ami {

struct Header {
  std::string_view name;
  std::string_view value;
};

class Packet {
 public:
  Packet() = default;
  Packet(std::initializer_list<Header> headers);
  // The text of one packet without the blank line that ends it. Lines without a colon
  // are skipped; a value loses the line feeds that Asterisk leaves at its end.
  explicit Packet(std::string_view text);

  void add(std::string_view name, std::string_view value);
  // Forgets every header of this name, its bytes included.
  void remove(std::string_view name);

  // Headers in order of arrival.
  std::size_t size() const noexcept { return fields_.size(); }
  bool empty() const noexcept { return fields_.empty(); }
  Header operator[](std::size_t index) const noexcept;

  // Names are compared without regard to case; the first of equal ones counts.
  std::string_view get(std::string_view name) const noexcept;  // "" when absent
  bool has(std::string_view name) const noexcept;
  std::vector<std::string_view> all(std::string_view name) const;
  long long integer(std::string_view name, long long fallback = 0) const noexcept;

  std::size_t bytes() const noexcept { return text_.size(); }
  // As it goes over the wire, the blank line included.
  std::string serialise() const;

 private:
  // One string and offsets into it: a packet is two allocations, not forty.
  struct Field {
    std::uint32_t name, name_size, value, value_size;
  };
  const Field* find(std::string_view name) const noexcept;

  std::string text_;
  std::vector<Field> fields_;
};

// Bytes in, packets out:  framer.append(bytes);  while (next) ...
class Framer {
 public:
  static constexpr std::size_t default_limit = 8 * 1024 * 1024;
  explicit Framer(std::size_t limit = default_limit) : limit_(limit) {}

  void append(std::string_view bytes);
  // The next whole packet, nullopt when more bytes are needed, or an error when a
  // packet passes the limit (the stream is of no use after that).
  base::Result<std::optional<Packet>> next();
  // The line before the first packet, "" until it came.
  const std::string& banner() const noexcept { return banner_; }
  void reset();

 private:
  std::size_t limit_;
  std::string buffer_;
  std::size_t begin_ = 0;    // of the packet being received
  std::size_t scanned_ = 0;  // no packet ends before this
  std::string banner_;
};

}  // namespace host::ami
