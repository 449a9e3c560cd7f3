// The rows of one SELECT as encoded chunks, made in slices on the reader threads and
// taken on a lane. At most two chunks wait; no slice runs while they do.
#pragma once

#include <memory>

#include "loop/mailbox.h"
#include "store/read_pool.h"
#include "store/store.h"
#include "store/tally.h"

namespace host::store {

// Starts the query; `opened` is answered when its first row, or its end, is there.
void start_stream(ReadPool& pool, Tally& tally, std::shared_ptr<loop::Mailbox> mailbox, Query query,
                  std::uint64_t ms, std::unique_ptr<RowEncoder> encoder,
                  std::shared_ptr<loop::Call<std::unique_ptr<RowStream>>> opened);

}  // namespace host::store
