// The Reader of a lane over SQLite: its own connection for reads at once, the pool for
// the rest. One read transaction per turn of the loop, because taking the file's locks
// costs more than a look-up.
#pragma once

#include <memory>
#include <string>

#include "store/reader.h"
#include "store/sqlite/connection.h"

namespace host::store::sqlite {

class LaneReader final : public PoolReader {
 public:
  LaneReader(loop::Loop& loop, const std::string& path, ReadPool& pool, Tally& tally,
             const Settings& settings);

  std::optional<base::Result<Rows>> try_inline(std::string_view sql, const Query& values,
                                               const Limits& limits) override;

 private:
  std::optional<base::Result<Rows>> look_up(Connection& connection, std::string_view sql,
                                            const Query& values, const Limits& limits);

  Tally& tally_;
  const Settings settings_;
  std::shared_ptr<Connection> connection_;  // the loop's hook knows it weakly
  std::uint64_t snapshot_version_ = 0;
};

}  // namespace host::store::sqlite
