#include "store/reader.h"

#include <algorithm>

#include "base/log.h"
#include "store/stream.h"

namespace host::store {

using base::Code;
using base::Result;
using sqlite::Clock;
using sqlite::Connection;

LaneReader::LaneReader(loop::Loop& loop, const std::string& path, ReadPool& pool, Tally& tally,
                       const Settings& settings)
    : path_(path),
      pool_(pool),
      tally_(tally),
      settings_(settings),
      mailbox_(std::make_shared<Mailbox>(loop)) {
  auto connection = Connection::open(path, sqlite::Role::lane);
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

LaneReader::~LaneReader() { mailbox_->close(); }

std::optional<Result<Rows>> LaneReader::try_inline(const Query& query, const Limits& limits) {
  if (!connection_) return std::nullopt;
  auto result = look_up(*connection_, query, limits);
  if (result && result->ok()) tally_.reads_inline.fetch_add(1, std::memory_order_relaxed);
  return result;
}

std::optional<Result<Rows>> LaneReader::look_up(Connection& connection, const Query& query,
                                                const Limits& limits) {
  auto prepared = connection.prepare(query.sql);
  if (!prepared) {
    if (prepared.error().code == Code::unavailable) return std::nullopt;
    return std::move(prepared).error();
  }
  sqlite::Statement statement = *std::move(prepared);
  if (!statement.point_read() || statement.too_long_lately()) return std::nullopt;
  if (auto bound = statement.bind(query); !bound) return std::move(bound).error();

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

loop::Pending LaneReader::query(Query query, Limits limits,
                                base::Function<void(Result<Rows>)> done) {
  auto call = std::make_shared<Call<Rows>>(mailbox_, std::move(done));
  auto deadline = Clock::now() + std::chrono::milliseconds(limits.ms);
  pool_.submit([call, query = std::move(query), limits, deadline,
                &tally = tally_](Result<Connection*> connection) mutable {
    if (call->cancelled) return;
    ++tally.reads_worker;
    if (!connection) return Call<Rows>::answer(std::move(call), connection.error());
    auto rows = (*connection)->run(query, limits, {deadline, &call->cancelled});
    Call<Rows>::answer(std::move(call), std::move(rows));
  });
  return Call<Rows>::pending(std::move(call));
}

loop::Pending LaneReader::stream(Query query, std::uint64_t ms,
                                 std::unique_ptr<RowEncoder> encoder,
                                 base::Function<void(Result<std::unique_ptr<RowStream>>)> done) {
  auto call = std::make_shared<Call<std::unique_ptr<RowStream>>>(mailbox_, std::move(done));
  start_stream(pool_, tally_, mailbox_, std::move(query), ms, std::move(encoder), call);
  return Call<std::unique_ptr<RowStream>>::pending(std::move(call));
}

loop::Pending LaneReader::columns(std::string table,
                                  base::Function<void(Result<std::vector<Column>>)> done) {
  using Answer = Call<std::vector<Column>>;
  auto call = std::make_shared<Answer>(mailbox_, std::move(done));
  pool_.submit([call, table = std::move(table)](Result<Connection*> connection) mutable {
    if (call->cancelled) return;
    if (!connection) return Answer::answer(std::move(call), connection.error());
    Answer::answer(std::move(call), (*connection)->table_columns(table));
  });
  return Answer::pending(std::move(call));
}

}  // namespace host::store
