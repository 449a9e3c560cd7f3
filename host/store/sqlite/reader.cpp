#include "store/sqlite/reader.h"

#include <algorithm>

#include "base/log.h"

namespace host::store::sqlite {

using base::Code;
using base::Result;

LaneReader::LaneReader(loop::Loop& loop, const std::string& path, ReadPool& pool, Tally& tally,
                       const Settings& settings)
    : PoolReader(loop, pool, tally), tally_(tally), settings_(settings) {
  auto connection = Connection::open(path, Role::lane);
  if (!connection) {
    // Every read then goes to the pool, which tries again and answers with the error.
    base::log::error("store", "no connection for a lane", {{"reason", connection.error().message}});
    return;
  }
  connection_ = std::move(*connection);
  loop.at_turn_end([weak = std::weak_ptr<Connection>(connection_)] {
    if (auto held = weak.lock()) held->end_snapshot();
  });
}

std::optional<Result<Rows>> LaneReader::try_inline(std::string_view sql, const Query& values,
                                                   const Limits& limits) {
  if (!connection_) return std::nullopt;
  auto result = look_up(*connection_, sql, values, limits);
  if (result && result->ok()) tally_.reads_inline.fetch_add(1, std::memory_order_relaxed);
  return result;
}

std::optional<Result<Rows>> LaneReader::look_up(Connection& connection, std::string_view sql,
                                                const Query& values, const Limits& limits) {
  auto prepared = connection.prepare(sql);
  if (!prepared) {
    if (prepared.error().code == Code::unavailable) return std::nullopt;
    return std::move(prepared).error();
  }
  Statement statement = *std::move(prepared);
  if (!statement.point_read() || statement.too_long_lately()) return std::nullopt;
  if (auto bound = statement.bind(values); !bound) return std::move(bound).error();

  std::uint64_t version = tally_.commits.load(std::memory_order_acquire);
  if (connection.snapshot_open() && version != snapshot_version_) connection.end_snapshot();
  if (!connection.snapshot_open()) {
    snapshot_version_ = version;
    if (!connection.begin_snapshot()) return std::nullopt;
  }

  Limits small = limits;
  small.rows = std::min(limits.rows, settings_.inline_rows);
  bool over = false;
  auto rows = connection.fetch(
      statement, small, {Clock::now() + std::chrono::microseconds(settings_.inline_us)}, &over);
  if (rows) {
    statement.was_quick();
    return rows;
  }
  if (over || rows.error().code == Code::timeout) {
    statement.was_too_long(over);
    ++tally_.reads_too_long;
    return std::nullopt;
  }
  if (rows.error().code == Code::unavailable) return std::nullopt;
  return rows;
}

}  // namespace host::store::sqlite
