#include "store/reader.h"

#include "store/stream.h"

namespace host::store {

using base::Result;
using loop::Call;

loop::Pending PoolReader::query(Query query, Limits limits,
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

loop::Pending PoolReader::stream(Query query, std::uint64_t ms,
                                 std::unique_ptr<RowEncoder> encoder,
                                 base::Function<void(Result<std::unique_ptr<RowStream>>)> done) {
  auto call = std::make_shared<Call<std::unique_ptr<RowStream>>>(mailbox_, std::move(done));
  start_stream(pool_, tally_, mailbox_, std::move(query), ms, std::move(encoder), call);
  return Call<std::unique_ptr<RowStream>>::pending(std::move(call));
}

loop::Pending PoolReader::columns(std::string table,
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
