// Throw-away stores and a loop that waits for one answer.
#pragma once

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "loop/loop.h"
#include "loop/timer.h"
#include "store/store.h"

namespace store_test {

using namespace host;

inline std::string make_folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "store-XXXXXX").string();
  REQUIRE(mkdtemp(pattern.data()) != nullptr);
  return pattern;
}

struct Folder {
  std::string path = make_folder();
  ~Folder() { std::filesystem::remove_all(path); }
};

// The file, made with `sql`; and what a process that is not us would do to it.
struct File {
  explicit File(std::string_view sql);
  Folder folder;
  std::string path = folder.path + "/test.db";
  std::string url = "sqlite://" + path;
};

inline File::File(std::string_view sql) {
  FILE* made = std::fopen(path.c_str(), "w");
  REQUIRE(made);
  std::fclose(made);
  auto direct = store::open_for_cli(url);
  REQUIRE(direct);
  auto done = (*direct)->script(sql);
  if (!done) FAIL(done.error().message);
}

// A throw-away store of an engine; and what the contract says in that engine's words.
struct Place {
  explicit Place(const std::string& engine, std::string_view schema = {});

  ~Place();
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  const bool mariadb;
  Folder folder;
  std::string url = "sqlite://" + folder.path + "/test.db";

  // A table n (i) with the numbers from 1 on, before a SELECT.
  std::string numbers(long long count) const {
    std::string most = std::to_string(count);
    if (mariadb) return "WITH n AS (SELECT seq AS i FROM seq_1_to_" + most + ") ";
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " + most + ") ";
  }
  // A query without an end and without rows.
  std::string endless() const {
    if (mariadb) return "SELECT count(*) FROM seq_1_to_1000000000 a, seq_1_to_1000000 b WHERE a.seq + b.seq < 0";
    return "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
  }
  // An expression over n that fails at one number only.
  std::string fails_at(long long number) const {
    return "CASE i WHEN " + std::to_string(number) + " THEN " +
           (mariadb ? "18446744073709551615 + i" : "abs(-9223372036854775808)") + " ELSE i END";
  }
  std::unique_ptr<store::Direct> outside() const {
    auto direct = store::open_for_cli(url);
    REQUIRE(direct);
    return std::move(*direct);
  }
  std::unique_ptr<store::Database> open(store::Settings settings = {}) const {
    auto opened = store::open(url, settings);
    REQUIRE(opened);
    return std::move(*opened);
  }
};

// PATCHBAY_TEST_SQLITE_ONLY: under the thread sanitizer, which the client library of MariaDB is not built for.
inline const std::vector<std::string> engines =
    std::getenv("PATCHBAY_TEST_SQLITE_ONLY") ? std::vector<std::string>{"sqlite"} : std::vector<std::string>{"sqlite", "mariadb"};

inline Place::Place(const std::string& engine, std::string_view schema) : mariadb(engine == "mariadb") {
  INFO(engine);
  if (mariadb) {
    const char* server = std::getenv("PATCHBAY_TEST_MARIADB");
    if (!server) FAIL("no server: run tests/support/mariadb.py run ...");
    static int made = 0;
    url = std::string(server) + "/unit_" + std::to_string(::getpid()) + "_" + std::to_string(++made);
  }
  REQUIRE(store::create(url));
  auto done = outside()->script(schema);
  if (!done) FAIL(done.error().message);
}

inline Place::~Place() {
  if (mariadb) (void)store::drop(url);
}

inline store::Query sql(std::string text, std::vector<store::Value> values = {}) {
  return {std::move(text), std::move(values), {}};
}
inline store::Value number(long long value) { return std::int64_t{value}; }

struct Lane {
  explicit Lane(store::Database& database)
      : reader(database.reader(loop)), writer(database.writer(loop)) {}

  loop::Loop loop;
  std::unique_ptr<store::Reader> reader;
  std::unique_ptr<store::Writer> writer;

  // `start(done)` begins something; its answer comes back here.
  template <typename T, typename Start>
  base::Result<T> wait(Start start) {
    std::optional<base::Result<T>> answer;
    bool returned = false;
    loop::Pending pending = start([&](base::Result<T> result) {
      CHECK(returned);  // never before the starting call has returned
      answer.emplace(std::move(result));
      loop.stop();
    });
    returned = true;
    loop::Timer guard(loop, [&] { loop.stop(); });
    guard.start(60'000);
    if (!answer) loop.run();
    REQUIRE(answer);
    return std::move(*answer);
  }

  base::Result<store::Rows> query(store::Query query, store::Limits limits = {}) {
    return wait<store::Rows>([&](auto done) { return reader->query(query, limits, done); });
  }
  base::Result<std::vector<store::Rows>> write(std::vector<store::Query> queries,
                                               std::uint64_t ms = 10'000) {
    return wait<std::vector<store::Rows>>(
        [&](auto done) { return writer->write(queries, ms, done); });
  }
  base::Result<std::unique_ptr<store::Transaction>> begin(std::uint64_t ms = 10'000) {
    return wait<std::unique_ptr<store::Transaction>>(
        [&](auto done) { return writer->begin(ms, done); });
  }
  base::Result<store::Rows> run(store::Transaction& transaction, store::Query query) {
    return wait<store::Rows>(
        [&](auto done) { return transaction.run(query, store::Limits{}, done); });
  }
  base::Result<void> commit(store::Transaction& transaction) {
    return wait<void>([&](auto done) { return transaction.commit(done); });
  }
  base::Result<std::unique_ptr<store::RowStream>> stream(store::Query query,
                                                         std::unique_ptr<store::RowEncoder> encoder,
                                                         std::uint64_t ms = 10'000) {
    return wait<std::unique_ptr<store::RowStream>>([&](auto done) {
      return reader->stream(query, ms, std::move(encoder), done);
    });
  }
  base::Result<std::string> next(store::RowStream& stream) {
    return wait<std::string>([&](auto done) { return stream.next(done); });
  }
};

// Ends all sessions of the database but the root's own, of which there are so many at least.
inline void kill_sessions(store::Direct& root, std::size_t least) {
  auto others = root.run(sql("SELECT id FROM information_schema.processlist WHERE db = database() AND id <> connection_id()"));
  REQUIRE(others);
  REQUIRE(others->size() >= least);
  for (std::size_t i = 0; i < others->size(); ++i) REQUIRE(root.script("KILL " + others->text(i, 0)));
}

// One number from a query, on a reader thread.
inline long long count(Lane& lane, std::string text) {
  auto rows = lane.query(sql(std::move(text)));
  REQUIRE(rows);
  return rows->cell(0, 0).integer;
}

}  // namespace store_test
