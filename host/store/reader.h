// The Reader of a lane over SQLite: its own connection for reads at once, the pool for
// the rest. One read transaction per turn of the loop, because taking the file's locks
// costs more than a look-up.
#pragma once

#include <memory>
#include <string>

#include "store/mailbox.h"
#include "store/read_pool.h"
#include "store/store.h"
#include "store/tally.h"

namespace host::store {

class LaneReader final : public Reader {
 public:
  LaneReader(loop::Loop& loop, const std::string& path, ReadPool& pool, Tally& tally,
             const Settings& settings);
  ~LaneReader() override;

  std::optional<base::Result<Rows>> try_inline(const Query& query, const Limits& limits) override;
  loop::Pending query(Query query, Limits limits,
                      base::Function<void(base::Result<Rows>)> done) override;
  loop::Pending stream(
      Query query, std::uint64_t ms, std::unique_ptr<RowEncoder> encoder,
      base::Function<void(base::Result<std::unique_ptr<RowStream>>)> done) override;
  loop::Pending columns(
      std::string table,
      base::Function<void(base::Result<std::vector<Column>>)> done) override;

 private:
  std::optional<base::Result<Rows>> look_up(sqlite::Connection& connection, const Query& query,
                                            const Limits& limits);

  const std::string path_;
  ReadPool& pool_;
  Tally& tally_;
  const Settings settings_;
  std::shared_ptr<Mailbox> mailbox_;
  std::shared_ptr<sqlite::Connection> connection_;  // the loop's hook knows it weakly
  std::uint64_t snapshot_version_ = 0;
};

}  // namespace host::store
