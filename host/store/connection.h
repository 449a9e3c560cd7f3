// One connection of an engine as the reader threads use it: queries with a limit in time,
// and a cursor for streams. Used by one thread at a time.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace host::store {

using Clock = std::chrono::steady_clock;

// When a running statement must stop.
struct Stop {
  Clock::time_point deadline = Clock::time_point::max();
  const std::atomic<bool>* cancelled = nullptr;
};

inline Stop stop_after(std::uint64_t ms) {
  return ms == 0 ? Stop() : Stop{Clock::now() + std::chrono::milliseconds(ms), nullptr};
}

// A statement while its rows are taken one by one.
class Cursor {
 public:
  virtual ~Cursor() = default;
  virtual std::shared_ptr<const Columns> columns() = 0;
  // true: a row is there; false: the end.
  virtual base::Result<bool> step() = 0;
  // The cells of the present row, valid until the next step.
  virtual void read(std::vector<Cell>& cells) = 0;
};

class Connection {
 public:
  virtual ~Connection() = default;
  // All rows of one query, or what a change did.
  virtual base::Result<Rows> run(const Query& query, const Limits& limits, Stop stop) = 0;
  // `query` must outlive the cursor, the cursor goes before the connection. Stopped by set_stop().
  virtual base::Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) = 0;
  virtual void set_stop(Stop stop) noexcept = 0;
  // not_found when there is no such table or view.
  virtual base::Result<std::vector<Column>> table_columns(const std::string& table) = 0;
  // false: it broke, or is in the middle of an answer; it is not kept.
  virtual bool reusable() const noexcept { return true; }
};

using Connect = std::function<base::Result<std::unique_ptr<Connection>>()>;

}  // namespace host::store
