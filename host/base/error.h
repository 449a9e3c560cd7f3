// What can go wrong, as a value. The list of codes is closed: Lua sees the same
// words, and each dialect maps them to its own status and body.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace host::base {

enum class Code {
  invalid,          // the caller sent something wrong
  unauthenticated,  // who are you
  denied,           // you may not
  not_found,
  conflict,     // the present state forbids it (duplicate, stale ETag, still referenced)
  refused,      // the other side (Asterisk, a web server) said no
  timeout,      // a deadline passed
  unavailable,  // a service is away or full; trying later may help
  internal,     // our bug
};

// The lower-case word of a code, as Lua and logs show it.
std::string_view name(Code code) noexcept;

// An expected failure. `message` is one line: lower case, no full stop, names the
// value that was wrong, never holds a secret. An error of the store says also which
// rule was broken, by which column (store/store.h).
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string_view kind{};  // a literal
  std::string column{};
};

inline Error invalid(std::string message) { return {Code::invalid, std::move(message)}; }
inline Error not_found(std::string message) { return {Code::not_found, std::move(message)}; }
inline Error unavailable(std::string message) { return {Code::unavailable, std::move(message)}; }
inline Error internal(std::string message) { return {Code::internal, std::move(message)}; }

}  // namespace host::base
