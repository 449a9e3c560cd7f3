// Why a statement failed: see store.h for the kinds, which are literals.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/error.h"

namespace host::store {

inline base::Error fault(base::Code code, std::string message, std::string_view kind, std::string_view column = {}) {
  return {code, std::move(message), kind, std::string(column)};
}

// What no caller's data can have caused: the statement, or what is bound to it, is wrong.
inline base::Error wrong_statement(std::string message) { return fault(base::Code::invalid, std::move(message), "sql"); }

}  // namespace host::store
