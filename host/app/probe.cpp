#include "app/probe.h"

#include <utility>

#include "store/fault.h"

namespace host::app {

using base::Result;
using store::Limits;
using store::Query;
using store::Rows;

namespace {

// What a full disk or a lost server would answer; it comes back as every error does, on a later turn.
base::Error failure() { return {base::Code::unavailable, "store: made_to_fail"}; }
// And one that was lost at the commit.
base::Error lost() { return store::fault(base::Code::unavailable, "store: it may be done, or not", "unknown"); }

Query nothing() {
  Query query;
  query.sql = "SELECT 1";
  return query;
}

class ProbedReader final : public store::Reader {
 public:
  ProbedReader(Probe& probe, std::unique_ptr<store::Reader> inner) : probe_(probe), inner_(std::move(inner)) {}

  std::optional<Result<Rows>> try_inline(std::string_view sql, const Query& values,
                                         const Limits& limits) override {
    auto rows = inner_->try_inline(sql, values, limits);
    if (rows) probe_.read();
    return rows;
  }
  loop::Pending query(Query query, Limits limits, base::Function<void(Result<Rows>)> done) override {
    probe_.read();
    return inner_->query(std::move(query), limits, std::move(done));
  }
  loop::Pending stream(Query query, std::uint64_t ms, std::unique_ptr<store::RowEncoder> encoder,
                       base::Function<void(Result<std::unique_ptr<store::RowStream>>)> done) override {
    probe_.read();
    return inner_->stream(std::move(query), ms, std::move(encoder), std::move(done));
  }
  loop::Pending columns(std::string table,
                        base::Function<void(Result<std::vector<store::Column>>)> done) override {
    return inner_->columns(std::move(table), std::move(done));
  }

 private:
  Probe& probe_;
  std::unique_ptr<store::Reader> inner_;
};

class ProbedTransaction final : public store::Transaction {
 public:
  ProbedTransaction(Probe& probe, std::unique_ptr<store::Transaction> inner)
      : probe_(probe), inner_(std::move(inner)) {}

  loop::Pending run(Query query, Limits limits, base::Function<void(Result<Rows>)> done) override {
    if (!probe_.statement()) return inner_->run(std::move(query), limits, std::move(done));
    return inner_->run(nothing(), limits, [done = std::move(done)](Result<Rows>) mutable { done(failure()); });
  }
  loop::Pending commit(base::Function<void(Result<void>)> done) override {
    if (probe_.loses()) {
      return inner_->commit([done = std::move(done)](Result<void> committed) mutable { done(committed ? lost() : committed); });
    }
    if (!probe_.ends()) return inner_->commit(std::move(done));
    return inner_->run(nothing(), Limits{}, [done = std::move(done)](Result<Rows>) mutable { done(failure()); });
  }

 private:
  Probe& probe_;
  std::unique_ptr<store::Transaction> inner_;
};

class ProbedWriter final : public store::Writer {
 public:
  ProbedWriter(Probe& probe, std::unique_ptr<store::Writer> inner) : probe_(probe), inner_(std::move(inner)) {}

  loop::Pending begin(std::uint64_t timeout_ms,
                      base::Function<void(Result<std::unique_ptr<store::Transaction>>)> done, store::Fence fence) override {
    return inner_->begin(timeout_ms, [this, done = std::move(done)](
                                         Result<std::unique_ptr<store::Transaction>> begun) mutable {
      if (!begun) return done(std::move(begun));
      done(std::unique_ptr<store::Transaction>(
          std::make_unique<ProbedTransaction>(probe_, std::move(*begun))));
    }, std::move(fence));
  }
  loop::Pending write(std::vector<Query> queries, std::uint64_t timeout_ms,
                      base::Function<void(Result<std::vector<Rows>>)> done, store::Fence fence) override {
    return inner_->write(std::move(queries), timeout_ms, std::move(done), std::move(fence));
  }

 private:
  Probe& probe_;
  std::unique_ptr<store::Writer> inner_;
};

class ProbedDatabase final : public store::Database {
 public:
  ProbedDatabase(Probe& probe, store::Database& inner) : probe_(probe), inner_(inner) {}

  std::unique_ptr<store::Reader> reader(loop::Loop& loop) override {
    return std::make_unique<ProbedReader>(probe_, inner_.reader(loop));
  }
  std::unique_ptr<store::Writer> writer(loop::Loop& loop) override {
    return std::make_unique<ProbedWriter>(probe_, inner_.writer(loop));
  }
  store::Counters counters() const noexcept override { return inner_.counters(); }

 private:
  Probe& probe_;
  store::Database& inner_;
};

}  // namespace

store::Database& Probe::around(store::Database& inner) {
  std::lock_guard lock(mutex_);
  wrapped_.push_back(std::make_unique<ProbedDatabase>(*this, inner));
  return *wrapped_.back();
}

bool Probe::statement() noexcept {
  ++statements_;
  return ends();
}

bool Probe::ends() noexcept { return counts_down(countdown_); }

// true at the end of the count.
bool Probe::counts_down(std::atomic<std::uint64_t>& count) noexcept {
  std::uint64_t left = count.load();
  while (left > 0) {
    if (count.compare_exchange_weak(left, left - 1)) return left == 1;
  }
  return false;
}

}  // namespace host::app
