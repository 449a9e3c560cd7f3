// A store in one SQLite file.
#pragma once

#include "store/engine.h"

namespace host::store::sqlite {

extern const Engine engine;

// Makes a file what another one is at this moment, in one transaction; both may be in use.
base::Result<void> replace_file(std::string_view from, std::string_view to);

}  // namespace host::store::sqlite
