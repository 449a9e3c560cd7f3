// SQLite's errors in our words: names of tables and columns, never a value.
#pragma once

#include <string_view>

#include "base/error.h"

namespace host::store::sqlite {

// `writes`: on a connection that may.
base::Error error(int code, std::string_view message, bool writes);

}  // namespace host::store::sqlite
