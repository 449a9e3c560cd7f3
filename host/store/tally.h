// Counters that every thread of the store adds to.
#pragma once

#include <atomic>
#include <cstdint>

#include "store/store.h"

namespace host::store {

struct Tally {
  std::atomic<std::uint64_t> reads_inline{0}, reads_worker{0}, reads_too_long{0};
  std::atomic<std::uint64_t> streams{0}, streams_open{0};
  std::atomic<std::uint64_t> transactions{0}, rollbacks{0}, busy{0}, wait_us{0};
  // Also the version of the data: a lane's snapshot taken before the last commit here
  // must not answer the one who made that commit.
  std::atomic<std::uint64_t> commits{0};

  Counters read() const noexcept {
    Counters now;
    now.reads_inline = reads_inline;
    now.reads_worker = reads_worker;
    now.reads_too_long = reads_too_long;
    now.streams = streams;
    now.streams_open = streams_open;
    now.transactions = transactions;
    now.rollbacks = rollbacks;
    now.commits = commits;
    now.busy = busy;
    now.wait_us = wait_us;
    return now;
  }
};

}  // namespace host::store
