#include "store/sqlite/database.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "store/sqlite/connection.h"
#include "store/sqlite/reader.h"
#include "store/sqlite/writer.h"

namespace host::store::sqlite {

using base::Result;

namespace {

constexpr auto alone_time = std::chrono::seconds(60);

class FileDatabase final : public Database {
 public:
  FileDatabase(std::string path, std::unique_ptr<Connection> writer, const Settings& settings)
      : path_(std::move(path)),
        settings_(settings),
        pool_([this] { return connect(); }, settings.reader_threads > 0 ? settings.reader_threads : 2, settings.max_streams),
        writer_(std::move(writer), tally_, settings) {}

  std::unique_ptr<Reader> reader(loop::Loop& loop) override {
    return std::make_unique<LaneReader>(loop, path_, pool_, tally_, settings_);
  }
  std::unique_ptr<Writer> writer(loop::Loop& loop) override {
    return std::make_unique<LaneWriter>(loop, writer_.queue());
  }
  Counters counters() const noexcept override { return tally_.read(); }

 private:
  Result<std::unique_ptr<store::Connection>> connect() const {
    TRY(auto connection, Connection::open(path_, Role::reader));
    return std::unique_ptr<store::Connection>(std::move(connection));
  }

  const std::string path_;
  const Settings settings_;
  Tally tally_;
  ReadPool pool_;
  WriteThread writer_;
};

class FileDirect final : public Direct {
 public:
  explicit FileDirect(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}
  void limit(std::uint64_t ms) override { limit_ms_ = ms; }

  Result<Rows> run(const Query& query) override {
    return connection_->run(query, Limits{.rows = 1'000'000, .bytes = 256u << 20}, stop_after(limit_ms_));
  }
  Result<void> script(std::string_view sql) override {
    return connection_->execute(std::string(sql).c_str());
  }
  Result<std::vector<Column>> columns(const std::string& table) override {
    return connection_->table_columns(table);
  }
  Result<std::vector<std::string>> tables() override {
    TRY(Rows rows, run({"SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name", {}, {}}));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows.size(); ++i) names.push_back(rows.text(i, 0));
    return names;
  }

  Result<std::unique_ptr<Cursor>> open_cursor(const Query& query) override { return connection_->open_cursor(query); }
  Result<void> snapshot() override { return connection_->execute("BEGIN"); }
  Result<void> without_references() override { return connection_->execute("PRAGMA foreign_keys = OFF"); }

  Result<void> alone(base::Function<Result<void>()> body) override {
    auto begun = connection_->execute("BEGIN IMMEDIATE");
    for (auto until = Clock::now() + alone_time; !begun && Clock::now() < until;) {
      if (begun.error().code != base::Code::unavailable) return begun;
      begun = connection_->execute("BEGIN IMMEDIATE");
    }
    TRY_VOID(begun);
    auto done = body();
    if (done && !connection_->in_transaction()) return base::invalid("ends the transaction it runs in");
    if (done) done = connection_->execute("COMMIT");
    if (!done && connection_->in_transaction()) (void)connection_->execute("ROLLBACK");
    return done;
  }

 private:
  std::unique_ptr<Connection> connection_;
  std::uint64_t limit_ms_ = 0;
};

Result<std::unique_ptr<Database>> open_file(std::string_view url, const Settings& settings) {
  TRY(std::string path, path_of(url));
  TRY(auto writer, Connection::open(path, Role::writer));
  const std::string limit = "PRAGMA journal_size_limit = " + std::to_string(settings.log_bytes);
  TRY_VOID(writer->execute(limit.c_str()));
  return std::unique_ptr<Database>(
      std::make_unique<FileDatabase>(std::move(path), std::move(writer), settings));
}

Result<std::unique_ptr<Direct>> open_direct(std::string_view url) {
  TRY(std::string path, path_of(url));
  TRY(auto connection, Connection::open(path, Role::direct));
  return std::unique_ptr<Direct>(std::make_unique<FileDirect>(std::move(connection)));
}

Result<void> drop_file(std::string_view url) {
  TRY(std::string path, path_of(url));
  std::error_code ignored;
  for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(path + ending, ignored);
  return {};
}

Result<void> create_file(std::string_view url) {
  TRY(std::string path, path_of(url));
  // Secrets live here: nobody but owner and group (Asterisk) may read it.
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0660);
  if (descriptor < 0) {
    return base::unavailable(fmt::format("store: cannot create {}: {}", path, std::strerror(errno)));
  }
  ::close(descriptor);
  return {};
}

Result<void> restore_file(std::string_view pattern, std::string_view url) {
  TRY(std::string from, path_of(pattern));
  TRY(std::string to, path_of(url));
  {
    TRY(auto connection, Connection::open(from, Role::direct));
    TRY_VOID(connection->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  TRY_VOID(drop_file(url));
  std::error_code problem;
  std::filesystem::copy_file(from, to, problem);
  if (problem) return base::unavailable(fmt::format("store: {} cannot be copied: {}", from, problem.message()));
  return {};
}

Result<void> replace_file(std::string_view from, std::string_view to) {
  TRY(std::string source, path_of(from));
  TRY(std::string target, path_of(to));
  TRY(auto read, Connection::open(source, Role::direct));
  TRY(auto written, Connection::open(target, Role::direct));
  return written->become(*read);
}

}  // namespace

constexpr Engine engine{"sqlite", "sqlite://", false, open_file, open_direct, create_file, restore_file, drop_file, replace_file};

}  // namespace host::store::sqlite
