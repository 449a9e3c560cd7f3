// The Reader of a lane that asks the reader threads for everything. An engine that can answer
// at once on the lane overrides try_inline().
#pragma once

#include <memory>
#include <string>

#include "loop/mailbox.h"
#include "store/read_pool.h"
#include "store/store.h"
#include "store/tally.h"

namespace host::store {

class PoolReader : public Reader {
 public:
  PoolReader(loop::Loop& loop, ReadPool& pool, Tally& tally)
      : pool_(pool), tally_(tally), mailbox_(std::make_shared<loop::Mailbox>(loop)) {}
  ~PoolReader() override { mailbox_->close(); }

  std::optional<base::Result<Rows>> try_inline(std::string_view, const Query&, const Limits&) override {
    return std::nullopt;
  }
  loop::Pending query(Query query, Limits limits,
                      base::Function<void(base::Result<Rows>)> done) override;
  loop::Pending stream(
      Query query, std::uint64_t ms, std::unique_ptr<RowEncoder> encoder,
      base::Function<void(base::Result<std::unique_ptr<RowStream>>)> done) override;
  loop::Pending columns(
      std::string table,
      base::Function<void(base::Result<std::vector<Column>>)> done) override;

 private:
  ReadPool& pool_;
  Tally& tally_;
  std::shared_ptr<loop::Mailbox> mailbox_;
};

}  // namespace host::store
