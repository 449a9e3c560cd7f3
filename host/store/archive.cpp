#include "store/archive.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <map>

#include "base/text.h"

namespace host::store {

using base::Result;

namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t piece_bytes = 256 * 1024;
constexpr std::size_t most_name = 4096;
constexpr std::uint64_t most_sums = 64u << 20;
constexpr std::string_view sums_name = "SHA256SUMS";

using Block = std::array<char, block_bytes>;

// Fields of a header: offset and length.
struct Field {
  std::size_t at, size;
};
constexpr Field name_field{0, 100}, mode_field{100, 8}, owner_field{108, 8}, group_field{116, 8}, size_field{124, 12},
    time_field{136, 12}, sum_field{148, 8}, kind_field{156, 1}, magic_field{257, 8};

constexpr char plain_kind = '0', long_name_kind = 'L';

unsigned checksum(const Block& block) {
  unsigned sum = 0;
  for (std::size_t i = 0; i < block_bytes; ++i) {
    bool own = i >= sum_field.at && i < sum_field.at + sum_field.size;
    sum += own ? ' ' : static_cast<unsigned char>(block[i]);
  }
  return sum;
}

void put_octal(Block& block, Field field, std::uint64_t value) {
  for (std::size_t i = field.size - 1; i-- > 0; value >>= 3) block[field.at + i] = static_cast<char>('0' + (value & 7));
}

// Above 8 GiB as GNU tar has it: the first bit set, then bytes.
void put_size(Block& block, std::uint64_t size) {
  if (size < (std::uint64_t{1} << 33)) return put_octal(block, size_field, size);
  for (std::size_t i = size_field.size; i-- > 1; size >>= 8) block[size_field.at + i] = static_cast<char>(size & 0xff);
  block[size_field.at] = static_cast<char>(0x80);
}

Result<std::uint64_t> number_in(const Block& block, Field field) {
  std::uint64_t value = 0;
  if (static_cast<unsigned char>(block[field.at]) == 0x80) {
    for (std::size_t i = field.size - 8; i < field.size; ++i) value = value << 8 | static_cast<unsigned char>(block[field.at + i]);
    return value;
  }
  for (std::size_t i = 0; i < field.size; ++i) {
    char c = block[field.at + i];
    if (c == 0 || c == ' ') break;
    if (c < '0' || c > '7') return base::invalid("the archive is damaged: a number in a header");
    value = value << 3 | static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

Result<void> read_all(int descriptor, char* to, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    ssize_t count = ::read(descriptor, to + done, size - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return base::unavailable(std::string("the archive cannot be read: ") + std::strerror(errno));
    if (count == 0) return base::invalid("the archive is damaged: it ends too early");
    done += static_cast<std::size_t>(count);
  }
  return {};
}

std::uint64_t padding_of(std::uint64_t size) { return (block_bytes - size % block_bytes) % block_bytes; }

struct Entry {
  std::string name;
  std::uint64_t size = 0;
  char kind = 0;  // 0: the end
};

Result<Entry> read_header(int descriptor) {
  Block block;
  TRY_VOID(read_all(descriptor, block.data(), block.size()));
  Entry entry;
  if (std::all_of(block.begin(), block.end(), [](char c) { return c == 0; })) return entry;
  TRY(std::uint64_t sum, number_in(block, sum_field));
  if (sum != checksum(block)) return base::invalid("not an archive of ours, or damaged: a header's sum");
  TRY(entry.size, number_in(block, size_field));
  entry.kind = block[kind_field.at];
  entry.name.assign(block.data(), ::strnlen(block.data(), name_field.size));
  return entry;
}

// An entry with its long name, if it has one.
Result<Entry> read_entry(int descriptor) {
  TRY(Entry entry, read_header(descriptor));
  std::string name;
  if (entry.kind == long_name_kind) {
    if (entry.size > most_name) return base::invalid("the archive is damaged: a name");
    name.resize(entry.size + padding_of(entry.size));
    std::size_t size = entry.size;
    TRY_VOID(read_all(descriptor, name.data(), name.size()));
    name.resize(::strnlen(name.data(), size));
    TRY(entry, read_header(descriptor));
    entry.name = name;
  }
  if (entry.kind != 0 && entry.kind != plain_kind) return base::invalid("not an archive of ours: an entry that is no file");
  return entry;
}

// "digest  name" for each line.
Result<std::map<std::string, std::string>> parse_sums(std::string_view text) {
  std::map<std::string, std::string> sums;
  for (auto line : base::text::split(text, '\n')) {
    if (line.empty()) continue;
    if (line.size() < 67 || line.substr(64, 2) != "  ") return base::invalid("the archive is damaged: its sums");
    sums[std::string(line.substr(66))] = line.substr(0, 64);
  }
  return sums;
}

}  // namespace

Result<void> ArchiveWriter::put(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return base::unavailable(std::string("the archive cannot be written: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> ArchiveWriter::pad(std::uint64_t size) {
  static constexpr Block zeros{};
  return put({zeros.data(), static_cast<std::size_t>(padding_of(size))});
}

Result<void> ArchiveWriter::header(std::string_view name, std::uint64_t size, char kind) {
  Block block{};
  std::memcpy(block.data(), name.data(), std::min(name.size(), name_field.size));
  put_octal(block, mode_field, 0600);
  put_octal(block, owner_field, 0);
  put_octal(block, group_field, 0);
  put_size(block, size);
  put_octal(block, time_field, 0);
  block[kind_field.at] = kind;
  std::memcpy(block.data() + magic_field.at, "ustar  ", magic_field.size);
  std::snprintf(block.data() + sum_field.at, sum_field.size, "%06o", checksum(block));
  block[sum_field.at + sum_field.size - 1] = ' ';
  return put({block.data(), block.size()});
}

Result<void> ArchiveWriter::begin(std::string_view name, std::uint64_t size) {
  if (name.empty() || name.size() > most_name - 1 || name.find('\n') != name.npos || name.find('\0') != name.npos) {
    return base::invalid("a file's name cannot be in an archive");
  }
  if (name.size() > name_field.size) {
    std::string text(name);
    text += '\0';
    TRY_VOID(header("././@LongLink", text.size(), long_name_kind));
    TRY_VOID(put(text));
    TRY_VOID(pad(text.size()));
  }
  return header(name, size, plain_kind);
}

Result<void> ArchiveWriter::add(std::string_view name, std::string_view bytes) {
  TRY_VOID(begin(name, bytes.size()));
  TRY_VOID(put(bytes));
  TRY_VOID(pad(bytes.size()));
  sums_ += base::text::hex(codec::digest::sha256(bytes)) + "  " + std::string(name) + "\n";
  return {};
}

Result<void> ArchiveWriter::add_file(std::string_view name, int file, std::uint64_t size) {
  TRY_VOID(begin(name, size));
  codec::digest::Sha256 digest;
  std::string piece(piece_bytes, '\0');
  for (std::uint64_t left = size; left > 0;) {
    ssize_t count = ::read(file, piece.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return base::unavailable("a file cannot be read whole: " + std::string(name));
    std::string_view bytes(piece.data(), static_cast<std::size_t>(count));
    digest.add(bytes);
    TRY_VOID(put(bytes));
    left -= bytes.size();
  }
  TRY_VOID(pad(size));
  sums_ += base::text::hex(digest.end()) + "  " + std::string(name) + "\n";
  return {};
}

Result<void> ArchiveWriter::finish() {
  std::string sums = std::move(sums_);
  TRY_VOID(begin(sums_name, sums.size()));
  TRY_VOID(put(sums));
  TRY_VOID(pad(sums.size()));
  static constexpr std::array<char, 2 * block_bytes> end{};
  return put({end.data(), end.size()});
}

Result<void> read_archive(int descriptor,
                          base::Function<Result<void>(const std::string& name, std::uint64_t size, NextBytes& next)> entry) {
  std::map<std::string, std::string> found;
  std::string piece(piece_bytes, '\0');
  while (true) {
    TRY(Entry it, read_entry(descriptor));
    if (it.kind == 0) return base::invalid("the archive is damaged: it has no sums");
    codec::digest::Sha256 digest;
    std::uint64_t left = it.size;
    NextBytes next = [&]() -> Result<std::string_view> {
      std::string_view bytes(piece.data(), static_cast<std::size_t>(std::min<std::uint64_t>(left, piece.size())));
      TRY_VOID(read_all(descriptor, piece.data(), bytes.size()));
      digest.add(bytes);
      left -= bytes.size();
      return bytes;
    };
    if (it.name == sums_name) {
      if (it.size > most_sums) return base::invalid("the archive is damaged: its sums");
      std::string text;
      while (left > 0) {
        TRY(std::string_view bytes, next());
        text += bytes;
      }
      TRY(auto sums, parse_sums(text));
      if (sums != found) return base::invalid("the archive is damaged: what it holds is not what was put into it");
      return {};
    }
    if (found.count(it.name) != 0) return base::invalid("the archive is damaged: twice " + it.name);
    TRY_VOID(entry(it.name, it.size, next));
    while (left > 0) TRY_VOID(next());
    std::array<char, block_bytes> rest;
    TRY_VOID(read_all(descriptor, rest.data(), static_cast<std::size_t>(padding_of(it.size))));
    found[it.name] = base::text::hex(digest.end());
  }
}

}  // namespace host::store
