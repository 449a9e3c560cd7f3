// A store in one SQLite file.
#pragma once

#include "store/engine.h"

namespace host::store::sqlite {

extern const Engine engine;

}  // namespace host::store::sqlite
