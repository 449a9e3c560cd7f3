#include "store/store.h"

#include <fmt/format.h>

#include "store/reader.h"
#include "store/sqlite.h"
#include "store/writer.h"

namespace host::store {

using base::Result;

namespace {

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::string path, std::unique_ptr<sqlite::Connection> writer,
                 const Settings& settings)
      : path_(std::move(path)),
        settings_(settings),
        pool_(path_, settings.reader_threads, settings.max_streams),
        writer_(std::move(writer), tally_, settings) {}

  std::unique_ptr<Reader> reader(loop::Loop& loop) override {
    return std::make_unique<LaneReader>(loop, path_, pool_, tally_, settings_);
  }
  std::unique_ptr<Writer> writer(loop::Loop& loop) override {
    return std::make_unique<LaneWriter>(loop, writer_);
  }
  Counters counters() const noexcept override { return tally_.read(); }

 private:
  const std::string path_;
  const Settings settings_;
  Tally tally_;
  ReadPool pool_;
  WriteThread writer_;
};

class SqliteDirect final : public Direct {
 public:
  explicit SqliteDirect(std::unique_ptr<sqlite::Connection> connection)
      : connection_(std::move(connection)) {}

  Result<Rows> run(const Query& query) override {
    return connection_->run(query, Limits{.rows = 1'000'000, .bytes = 256u << 20}, {});
  }
  Result<void> script(std::string_view sql) override {
    return connection_->execute(std::string(sql).c_str());
  }

 private:
  std::unique_ptr<sqlite::Connection> connection_;
};

}  // namespace

Result<std::unique_ptr<Database>> open(std::string_view url, const Settings& settings) {
  TRY(std::string path, sqlite::path_of(url));
  TRY(auto writer, sqlite::Connection::open(path, sqlite::Role::writer));
  return std::unique_ptr<Database>(
      std::make_unique<SqliteDatabase>(std::move(path), std::move(writer), settings));
}

Result<std::unique_ptr<Direct>> open_for_cli(std::string_view url) {
  TRY(std::string path, sqlite::path_of(url));
  TRY(auto connection, sqlite::Connection::open(path, sqlite::Role::direct));
  return std::unique_ptr<Direct>(std::make_unique<SqliteDirect>(std::move(connection)));
}

}  // namespace host::store
