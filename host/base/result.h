// Result<T>: a value or an Error. `TRY(auto x, f());` hands the error to the caller.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "base/error.h"

namespace host::base {

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  explicit operator bool() const noexcept { return state_.index() == 0; }
  bool ok() const noexcept { return state_.index() == 0; }

  T& value() & { return *std::get_if<0>(&state_); }
  const T& value() const& { return *std::get_if<0>(&state_); }
  T&& value() && { return std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return std::get_if<0>(&state_); }
  const T* operator->() const { return std::get_if<0>(&state_); }

  const Error& error() const& { return *std::get_if<1>(&state_); }
  Error&& error() && { return std::move(*std::get_if<1>(&state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  explicit operator bool() const noexcept { return !error_; }
  bool ok() const noexcept { return !error_; }
  const Error& error() const& { return *error_; }
  Error&& error() && { return std::move(*error_); }

 private:
  std::optional<Error> error_;
};

[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;

}  // namespace host::base

#define PATCHBAY_CONCAT_(a, b) a##b
#define PATCHBAY_CONCAT(a, b) PATCHBAY_CONCAT_(a, b)
#define PATCHBAY_TRY(declaration, expression, name) \
  auto name = (expression);                         \
  if (!name) return std::move(name).error();        \
  declaration = *std::move(name)

// TRY(auto packet, parse(bytes)); one per line.
#define TRY(declaration, expression) \
  PATCHBAY_TRY(declaration, expression, PATCHBAY_CONCAT(try_result_, __LINE__))

// The same for a Result<void>.
#define TRY_VOID(expression)                                     \
  if (auto try_void_result = (expression); !try_void_result) \
  return std::move(try_void_result).error()

// A caller's bug: log and abort, in every build.
#define CHECK(condition) \
  ((condition) ? void() : ::host::base::check_failed(#condition, __FILE__, __LINE__))
