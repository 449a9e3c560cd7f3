// What a store is, whatever engine is behind it: queries and rows as values, a Reader
// and a Writer per lane. A Reader, a Writer and what they hand out are used on their
// lane's thread only; the Database they come from outlives them.
//
// An error of a statement says beside its code which rule it broke (`kind`), and where it is known
// the column (`column`, without the table):
//   conflict     unique, foreign_key, trigger, fenced (see Fence)
//   invalid      not_null, too_long, not_allowed, too_many (rows or bytes: see Limits),
//                sql (not a statement of ours, not in this schema, or its parameters are not)
//   timeout      late
//   unavailable  busy (somebody else has it locked), away, unknown (it may be done, or not)
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "store/rows.h"

namespace host::store {

struct Blob {
  std::string bytes;
  bool operator==(const Blob&) const = default;
};

using Value = std::variant<std::monostate, std::int64_t, double, std::string, Blob>;

// `?` takes the positional values in order, `:name` the named ones (names without the
// colon). A value without a parameter is `invalid`; so is a parameter without a value,
// unless `pad` makes it NULL.
struct Query {
  std::string sql;
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
  bool pad = false;
};

// Passing one of them is an error, never a shortened answer, unless `cut` says that
// `rows` are all that is wanted.
struct Limits {
  std::size_t rows = 10'000;
  bool cut = false;
  std::size_t bytes = 32u << 20;
  std::uint64_t ms = 30'000;
};

// Turns rows into text on a reader thread. Owned by the stream; must not touch
// anything of the lane.
class RowEncoder {
 public:
  virtual ~RowEncoder() = default;
  virtual void begin(const Columns& columns, std::string& out) = 0;  // they stay until end()
  virtual void row(const RowView& row, std::string& out) = 0;
  virtual void end(std::uint64_t rows, std::string& out) = 0;
};

// A SELECT of any size as chunks of about 64 KiB, at most two of them ahead of the
// taker. Dropping it stops the query.
class RowStream {
 public:
  virtual ~RowStream() = default;
  // `done` gets bytes, or nothing at the end, or the error that cut the stream.
  virtual loop::Pending next(base::Function<void(base::Result<std::string>)> done) = 0;
};

struct Column {
  std::string name;
  std::string type;
  bool not_null = false;
  std::optional<std::string> fallback;  // DEFAULT, as SQL text
  bool key = false;
};

class Reader {
 public:
  virtual ~Reader() = default;

  // The rows at once when the planner proves that only index look-ups are needed and
  // the answer is small; nullopt: ask query(). The text stands by itself, so that nobody
  // has to copy it; that of `values` is not looked at.
  virtual std::optional<base::Result<Rows>> try_inline(std::string_view sql, const Query& values,
                                                       const Limits& limits) = 0;
  std::optional<base::Result<Rows>> try_inline(const Query& query, const Limits& limits) {
    return try_inline(query.sql, query, limits);
  }
  // On a reader thread. Dropping the Pending interrupts the query.
  virtual loop::Pending query(Query query, Limits limits,
                              base::Function<void(base::Result<Rows>)> done) = 0;
  // `done` runs when the first row is there, so that an error still can be answered.
  virtual loop::Pending stream(
      Query query, std::uint64_t ms, std::unique_ptr<RowEncoder> encoder,
      base::Function<void(base::Result<std::unique_ptr<RowStream>>)> done) = 0;
  // The columns of a table or view in their order; not_found when there is none.
  virtual loop::Pending columns(
      std::string table, base::Function<void(base::Result<std::vector<Column>>)> done) = 0;
};

// Sees its own writes and nobody else's unfinished ones. Dropping it before commit()
// rolls it back. When it idles too long or its time is up it is rolled back, and every
// later call says so.
class Transaction {
 public:
  virtual ~Transaction() = default;
  // One call at a time. Rows::last_id and Rows::changes tell what a writing statement did.
  virtual loop::Pending run(Query query, Limits limits,
                            base::Function<void(base::Result<Rows>)> done) = 0;
  // `done` runs when the commit is on disk.
  virtual loop::Pending commit(base::Function<void(base::Result<void>)> done) = 0;
};

// A changing statement that each transaction begins with: when it changes no row, nothing is done (`conflict`, fenced).
using Fence = std::optional<Query>;

class Writer {
 public:
  virtual ~Writer() = default;

  virtual loop::Pending begin(
      std::uint64_t timeout_ms,
      base::Function<void(base::Result<std::unique_ptr<Transaction>>)> done, Fence fence = {}) = 0;
  // All of them or none; one Rows per query, once they are on disk. Dropping the
  // Pending before its turn has come skips it; afterwards it is done all the same.
  virtual loop::Pending write(std::vector<Query> queries, std::uint64_t timeout_ms,
                              base::Function<void(base::Result<std::vector<Rows>>)> done, Fence fence = {}) = 0;
};

// For the metrics; all counted since the start.
struct Counters {
  std::uint64_t reads_inline = 0;
  std::uint64_t reads_worker = 0;
  std::uint64_t reads_too_long = 0;  // inline reads that went on to a reader thread
  std::uint64_t streams = 0;
  std::uint64_t streams_open = 0;
  std::uint64_t transactions = 0;  // committed ones
  std::uint64_t rollbacks = 0;
  std::uint64_t commits = 0;       // transactions / commits is the group size
  std::uint64_t busy = 0;          // times another process held the write lock
  std::uint64_t wait_us = 0;       // sum of the time transactions waited for their turn
};

class Database {
 public:
  virtual ~Database() = default;
  virtual std::unique_ptr<Reader> reader(loop::Loop& loop) = 0;
  virtual std::unique_ptr<Writer> writer(loop::Loop& loop) = 0;
  virtual Counters counters() const noexcept = 0;
};

struct Settings {
  unsigned reader_threads = 0;         // 0: as many as the engine is good at
  unsigned writer_threads = 1;         // more: transactions of a host no longer run one after the other
  unsigned max_streams = 32;           // more at once are `unavailable`
  std::uint64_t inline_us = 2'000;     // an inline read that takes longer moves to a thread
  std::size_t inline_rows = 2'000;     // and one with more rows
  std::uint64_t idle_ms = 5'000;       // an open transaction that asks for nothing
  std::uint64_t busy_ms = 5'000;       // wait for another process's write lock
  std::size_t group = 64;              // transactions per commit at most
  std::uint64_t group_ms = 5;          // and how long the first of them waits for others
  std::uint64_t log_bytes = 64u << 20;  // what SQLite's write-ahead log keeps of the disk once it is empty
};

// "sqlite:///path/to/file.db". It must exist and hold the schema: see migrate.h.
base::Result<std::unique_ptr<Database>> open(std::string_view url, const Settings& settings = {});

class Cursor;  // connection.h

// A connection for one thread that waits: command line and tests.
class Direct {
 public:
  virtual ~Direct() = default;
  // What run() may take from here on; without it as long as it does.
  virtual void limit(std::uint64_t ms) = 0;
  virtual base::Result<Rows> run(const Query& query) = 0;
  // Statements separated by `;`, without parameters.
  virtual base::Result<void> script(std::string_view sql) = 0;
  // Of a table or view; not_found when there is none.
  virtual base::Result<std::vector<Column>> columns(const std::string& table) = 0;
  // Names of the tables, without views and the engine's own.
  virtual base::Result<std::vector<std::string>> tables() = 0;
  // The rows of a query one by one; nothing else runs on this connection meanwhile.
  virtual base::Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) = 0;
  // From here on all reads are of one moment; nothing is written.
  virtual base::Result<void> snapshot() = 0;
  // From here on rows may name rows that are not there yet.
  virtual base::Result<void> without_references() = 0;
  // Runs `body` while no other process is inside its own; what it did is undone when it fails,
  // where the engine can undo it.
  virtual base::Result<void> alone(base::Function<base::Result<void>()> body) = 0;
};
base::Result<std::unique_ptr<Direct>> open_for_cli(std::string_view url);

// Whether several hosts use such a store at once.
base::Result<bool> shared(std::string_view url);

// An empty store where there is none; one that is there stays as it is.
base::Result<void> create(std::string_view url);

// For tests. Makes a store what another one of the same engine and schema is, numbers of new rows
// included; nobody else uses either.
base::Result<void> restore(std::string_view pattern, std::string_view url);
base::Result<void> drop(std::string_view url);
// The URL of a store beside this one: its name with an ending.
std::string beside(std::string_view url, std::string_view ending);

}  // namespace host::store
