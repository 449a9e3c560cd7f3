// Makes one store what another one is, whatever the engines: row by row in the order of the keys,
// so that a run that was cut short, or is repeated, writes what differs and nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"

namespace host::store {

struct CopiedTable {
  std::string name;
  std::uint64_t rows = 0;  // of the source
  std::uint64_t added = 0, changed = 0, removed = 0;
  std::uint64_t checksum = 0;  // of the rows, the same on both sides
};

// Both have the schema. `from` is read as it was at one moment, while its host may go on; nobody
// else writes to `to`. `told` hears of a table now and then, and when it is done. Ends when a whole
// pass has found no difference; `conflict` when there still is one after several.
base::Result<std::vector<CopiedTable>> copy(std::string_view from, std::string_view to,
                                            base::Function<void(const CopiedTable&, bool done)> told);

}  // namespace host::store
