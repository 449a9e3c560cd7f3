#include "store/mariadb/database.h"

#include <fmt/format.h>

#include "store/fault.h"
#include "store/mariadb/cluster_lock.h"
#include "store/mariadb/connection.h"
#include "store/mariadb/read_session.h"
#include "store/mariadb/writer.h"
#include "store/read_pool.h"
#include "store/reader.h"

namespace host::store::mariadb {

using base::Code;
using base::Result;

namespace {

constexpr int alone_seconds = 60;

class ServerDatabase final : public Database {
 public:
  ServerDatabase(Address address, const Settings& settings)
      : server_(std::move(address), true),
        pool_([this] { return connect(); }, settings.reader_threads > 0 ? settings.reader_threads : 8, settings.max_streams),
        writers_(server_, tally_, settings) {}

  // A look-up here is a message to the server and back: never on the lane.
  std::unique_ptr<Reader> reader(loop::Loop& loop) override {
    return std::make_unique<PoolReader>(loop, pool_, tally_);
  }
  std::unique_ptr<Writer> writer(loop::Loop& loop) override {
    return std::make_unique<LaneWriter>(loop, writers_.queue());
  }
  Counters counters() const noexcept override { return tally_.read(); }

  Result<void> probe() {
    TRY(auto connection, connect());
    return {};
  }

 private:
  Result<std::unique_ptr<store::Connection>> connect() {
    TRY(auto session, ReadSession::open(server_));
    return std::unique_ptr<store::Connection>(std::move(session));
  }

  Server server_;
  Tally tally_;
  ReadPool pool_;
  WriteThreads writers_;
};

class ServerDirect final : public Direct {
 public:
  explicit ServerDirect(Address address) : server_(std::move(address)) {}

  Result<void> connect() {
    TRY(connection_, Connection::open(server_, Role::direct));
    return {};
  }
  void limit(std::uint64_t ms) override { limit_ms_ = ms; }
  Result<Rows> run(const Query& query) override {
    return connection_->run(query, Limits{.rows = 1'000'000, .bytes = 256u << 20}, stop_after(limit_ms_));
  }
  Result<void> script(std::string_view sql) override {
    std::string translated = translate_schema(sql);
    if (translated.find_first_not_of(" \t\r\n;") == std::string::npos) return {};
    return connection_->execute(translated);
  }
  Result<std::vector<Column>> columns(const std::string& table) override {
    return connection_->table_columns(table);
  }

  Result<std::vector<std::string>> tables() override {
    TRY(Rows rows, run({"SELECT table_name FROM information_schema.tables WHERE table_schema = database()"
                        " AND table_type = 'BASE TABLE' ORDER BY table_name", {}, {}}));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows.size(); ++i) names.push_back(rows.text(i, 0));
    return names;
  }

  Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) override { return connection_->open_cursor(query); }
  Result<void> snapshot() override {
    return connection_->execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;"
                                " START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
  }
  Result<void> without_references() override { return connection_->execute("SET foreign_key_checks = 0"); }

  // The lock of the server is gone with its session, and one node's only: a cluster has a row beside it.
  // Definitions of tables commit what is open, so that nothing can be undone: files are written to
  // be applied again, or name what is half-done.
  Result<void> alone(base::Function<Result<void>()> body) override {
    Query lock{fmt::format("SELECT get_lock(left(concat('patchbay.', database()), 64), {})", alone_seconds), {}, {}};
    TRY(Rows got, connection_->run(lock, {}, {}));
    if (got.text(0, 0) != "1") return fault(Code::unavailable, "store: another host changes the schema", "busy");
    auto done = [&]() -> Result<void> {
      if (!in_cluster(*connection_)) return body();
      ClusterLock lock(server_, *connection_);
      TRY_VOID(lock.take());
      return body();
    }();
    auto released = connection_->run({"SELECT release_lock(left(concat('patchbay.', database()), 64))", {}, {}}, {}, {});
    if (done && !released) return released.error();
    return done;
  }

 private:
  Server server_;
  std::unique_ptr<Connection> connection_;
  std::uint64_t limit_ms_ = 0;
};

Result<std::unique_ptr<Database>> open_server(std::string_view url, const Settings& settings) {
  TRY(Address address, parse_address(url));
  auto database = std::make_unique<ServerDatabase>(std::move(address), settings);
  TRY_VOID(database->probe());
  return std::unique_ptr<Database>(std::move(database));
}

Result<std::unique_ptr<Direct>> open_direct(std::string_view url) {
  TRY(Address address, parse_address(url));
  auto direct = std::make_unique<ServerDirect>(std::move(address));
  TRY_VOID(direct->connect());
  return std::unique_ptr<Direct>(std::move(direct));
}

// `sql` with the database's name for {}.
Result<void> outside(std::string_view url, fmt::format_string<std::string&> sql) {
  TRY(Address address, parse_address(url));
  std::string name = address.database;
  Server server(std::move(address));
  Server::Running session;
  TRY(Wire wire, server.open(session, false, false));
  return execute_on(wire, fmt::format(sql, name));
}

// An account that may not create databases finds its own there.
Result<void> create_database(std::string_view url) {
  if (auto there = open_direct(url)) return {};
  return outside(url, "CREATE DATABASE IF NOT EXISTS \"{}\" CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin");
}

Result<void> drop_database(std::string_view url) { return outside(url, "DROP DATABASE IF EXISTS \"{}\""); }

// All rows go before any come: a table's trigger may write to another one.
Result<void> restore_database(std::string_view pattern, std::string_view url) {
  TRY(Address from, parse_address(pattern));
  TRY(auto store, open_direct(url));
  TRY(Rows added, store->run({fmt::format("SELECT file FROM schema_migrations EXCEPT"
                                          " SELECT file FROM \"{}\".schema_migrations LIMIT 1", from.database), {}, {}}));
  if (!added.empty()) return fault(Code::conflict, "database: has a schema file that its pattern lacks: " + added.text(0, 0), {});
  TRY_VOID(store->script("SET foreign_key_checks = 0"));
  TRY(auto tables, store->tables());
  std::string gone, back;
  for (const std::string& table : tables) {
    gone += fmt::format("DELETE FROM \"{}\";", table);
    back += fmt::format("INSERT INTO \"{1}\" SELECT * FROM \"{0}\".\"{1}\";", from.database, table);
  }
  TRY(Rows counted, store->run({"SELECT a.table_name, coalesce(b.auto_increment, 1) FROM information_schema.tables a"
                                " JOIN information_schema.tables b ON b.table_name = a.table_name"
                                " WHERE a.table_schema = database() AND b.table_schema = ?"
                                " AND a.auto_increment <> b.auto_increment",
                                {from.database}, {}}));
  for (std::size_t i = 0; i < counted.size(); ++i) {
    back += fmt::format("ALTER TABLE \"{}\" AUTO_INCREMENT = {};", counted.text(i, 0), counted.text(i, 1));
  }
  TRY_VOID(store->script(gone));
  return store->script(back);
}

}  // namespace

constexpr Engine engine{"mariadb", "mysql://", true, open_server, open_direct, create_database, restore_database, drop_database};

}  // namespace host::store::mariadb
