#include "codec/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

namespace host::codec::charset {

namespace {

std::string upper(std::string_view name) {
  std::string out(name.substr(0, 32));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return out;
}

bool numbered(std::string_view name, std::string_view prefix, int first, int last) {
  if (!name.starts_with(prefix)) return false;
  name.remove_prefix(prefix.size());
  int number = 0;
  auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), number);
  return problem == std::errc() && end == name.data() + name.size() && number >= first && number <= last;
}

// The C library knows hundreds of names, some of which are conversions of their own.
bool known(std::string_view name) {
  constexpr std::array<std::string_view, 6> names = {"US-ASCII", "ASCII", "UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE"};
  return std::find(names.begin(), names.end(), name) != names.end() || numbered(name, "ISO-8859-", 1, 16) ||
         numbered(name, "WINDOWS-", 1250, 1258);
}

}  // namespace

base::Result<std::string> to_utf8(std::string_view text, std::string_view name) {
  std::string from = upper(name);
  if (!known(from)) return base::invalid("unknown encoding: " + from);
  iconv_t converter = ::iconv_open("UTF-8", from.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return base::invalid("unknown encoding: " + from);
  std::string out;
  std::array<char, 8192> block;
  char* in = const_cast<char*>(text.data());
  std::size_t left = text.size();
  bool fine = true;
  while (fine && left > 0) {
    char* at = block.data();
    std::size_t room = block.size();
    std::size_t done = ::iconv(converter, &in, &left, &at, &room);
    out.append(block.data(), block.size() - room);
    // A full block is no fault; anything else is a byte that the encoding does not have, or half a character.
    fine = done != static_cast<std::size_t>(-1) || errno == E2BIG;
  }
  ::iconv_close(converter);
  if (!fine) return base::invalid("not " + from);
  return out;
}

}  // namespace host::codec::charset
