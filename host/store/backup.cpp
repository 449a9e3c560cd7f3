#include "store/backup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "store/archive.h"
#include "store/copy.h"
#include "store/engine.h"
#include "store/migrate.h"

namespace host::store {

using base::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view manifest_name = "patchbay-backup";
constexpr std::string_view store_name = "store.db";
constexpr std::size_t most_manifest = 1 << 20;

base::Error problem(const std::string& what, int number) { return base::unavailable(what + ": " + std::strerror(number)); }

// A folder that goes with its owner, and everything in it.
class Folder {
 public:
  static Result<Folder> make(const std::string& beside, const char* name) {
    std::string pattern = (fs::path(beside) / (std::string(name) + "-XXXXXX")).string();
    if (!::mkdtemp(pattern.data())) return problem("no folder can be made in " + beside, errno);
    return Folder(pattern);
  }
  Folder(Folder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  Folder& operator=(Folder&&) = delete;
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

struct Closed {
  int descriptor;
  ~Closed() {
    if (descriptor >= 0) ::close(descriptor);
  }
};

std::string url_of(const std::string& path) { return "sqlite://" + path; }

// The store as it is at one moment, in a new file.
Result<void> snapshot_into(const BackupPlace& place, const BackupWish& wish, const std::string& path) {
  TRY(const Engine* engine, engine_of(place.url));
  TRY(auto left, missing_migrations(place.url, place.schema_folder));
  if (!left.empty()) return base::invalid("the store has not the current schema: run migrate on it");
  TRY_VOID(create(url_of(path)));
  if (engine->replace) {
    TRY_VOID(engine->replace(place.url, url_of(path)));
  } else {
    TRY(auto applied, migrate(url_of(path), place.schema_folder, place.own_schemas));
    if (auto copied = store::copy(place.url, url_of(path), [](const CopiedTable&, bool) {}); !copied) return copied.error();
  }
  TRY(auto file, open_for_cli(url_of(path)));
  TRY(auto tables, file->tables());
  TRY_VOID(file->without_references());
  std::string text = "PRAGMA secure_delete = ON;";  // what is left out is not left behind in free pages
  for (const std::string& table : wish.without) {
    if (std::find(tables.begin(), tables.end(), table) == tables.end()) return base::invalid("no such table: " + table);
    text += fmt::format("DELETE FROM \"{}\";", table);
  }
  // One file, without a log beside it.
  return file->script(text + "PRAGMA journal_mode = DELETE");
}

Result<std::string> manifest_of(const BackupPlace& place, const BackupWish& wish, const std::string& path) {
  TRY(auto file, open_for_cli(url_of(path)));
  TRY(Rows rows, file->run({"SELECT file FROM schema_migrations ORDER BY file", {}, {}}));
  char made[32];
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  std::strftime(made, sizeof made, "%Y-%m-%dT%H:%M:%SZ", &parts);
  std::string text = fmt::format("format 1\nversion {}\nmade {}\n", place.version, made);
  for (const std::string& folder : wish.folders) text += "folder " + folder + "\n";
  for (const std::string& table : wish.without) text += "without " + table + "\n";
  for (std::size_t i = 0; i < rows.size(); ++i) text += "schema " + rows.text(i, 0) + "\n";
  return text;
}

Result<void> add_path(ArchiveWriter& archive, const std::string& name, const std::string& path) {
  Closed file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.descriptor < 0) {
    if (errno == ENOENT || errno == ELOOP) return {};
    return problem(name + " cannot be read", errno);
  }
  struct stat info {};
  if (::fstat(file.descriptor, &info) != 0) return problem(name + " cannot be read", errno);
  if (!S_ISREG(info.st_mode)) return {};
  return archive.add_file(name, file.descriptor, static_cast<std::uint64_t>(info.st_size));
}

// Every file below a root, sorted; links are left out, what goes meanwhile is left out too.
Result<void> add_folder(ArchiveWriter& archive, const std::string& name, const std::string& root) {
  std::error_code failed;
  if (!fs::is_directory(root, failed)) return {};
  std::vector<std::string> files;
  for (auto it = fs::recursive_directory_iterator(root, failed); !failed && it != fs::recursive_directory_iterator(); it.increment(failed)) {
    std::error_code gone;
    if (it->symlink_status(gone).type() == fs::file_type::regular) files.push_back(it->path().lexically_relative(root).string());
  }
  if (failed) return base::unavailable(root + " cannot be read: " + failed.message());
  std::sort(files.begin(), files.end());
  for (const std::string& file : files) TRY_VOID(add_path(archive, name + "/" + file, root + "/" + file));
  return {};
}

struct Manifest {
  std::string version, made;
  std::vector<std::string> schema;
};

Result<Manifest> parse_manifest(std::string_view text) {
  Manifest manifest;
  std::string format;
  for (auto line : base::text::split(text, '\n')) {
    std::size_t blank = line.find(' ');
    if (blank == line.npos) continue;
    std::string_view word = line.substr(0, blank), value = line.substr(blank + 1);
    if (word == "format") format = value;
    if (word == "version") manifest.version = value;
    if (word == "made") manifest.made = value;
    if (word == "schema") manifest.schema.emplace_back(value);
  }
  if (format != "1") return base::Error{base::Code::conflict, "the backup is of a newer patchbay: its format is not known here"};
  return manifest;
}

Result<void> write_file(const std::string& path, std::uint64_t size, NextBytes& next) {
  Closed file{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0660)};
  if (file.descriptor < 0) return problem(path + " cannot be written", errno);
  for (std::uint64_t left = size; left > 0;) {
    TRY(std::string_view bytes, next());
    left -= bytes.size();
    while (!bytes.empty()) {
      ssize_t count = ::write(file.descriptor, bytes.data(), bytes.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return problem(path + " cannot be written", errno);
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  if (::fsync(file.descriptor) != 0) return problem(path + " cannot be written", errno);
  return {};
}

bool leads_out(std::string_view path) {
  for (auto part : base::text::split(path, '/')) {
    if (part.empty() || part == "." || part == ".." || part.size() > 255) return true;
  }
  return false;
}

// What a backup becomes before anything of the store and the folders is touched.
class Restore {
 public:
  explicit Restore(const BackupPlace& place) : place_(place) {}

  Result<std::string> run(int descriptor) {
    TRY(Folder scratch, Folder::make(place_.temporary, "patchbay-restore"));
    store_ = scratch / store_name;
    TRY_VOID(read_archive(descriptor, [&](const std::string& name, std::uint64_t size, NextBytes& next) {
      return take(name, size, next);
    }));
    if (!has_manifest_ || !has_store_) return base::invalid("no backup: it has no store");
    TRY_VOID(check_schema());
    TRY(auto applied, migrate(url_of(store_), place_.schema_folder, place_.own_schemas));
    TRY_VOID(check_target());
    // From here on something changes: each file whole, the store last and at once.
    for (const auto& [from, to] : files_) {
      std::error_code failed;
      fs::create_directories(fs::path(to).parent_path(), failed);
      if (::rename(from.c_str(), to.c_str()) != 0) return problem(to + " cannot be put into place", errno);
    }
    TRY_VOID(put_store());
    return fmt::format("restored the backup of {} ({}): the store and {} files\n", manifest_.made, manifest_.version, files_.size());
  }

 private:
  Result<void> take(const std::string& name, std::uint64_t size, NextBytes& next) {
    if (name == manifest_name) {
      if (size > most_manifest) return base::invalid("no backup: what it says of itself is too long");
      std::string text;
      while (text.size() < size) {
        TRY(std::string_view bytes, next());
        text += bytes;
      }
      has_manifest_ = true;
      TRY(manifest_, parse_manifest(text));
      return check_schema();
    }
    if (!has_manifest_) return base::invalid("no backup of patchbay");
    if (name == store_name) {
      has_store_ = true;
      return write_file(store_, size, next);
    }
    std::size_t slash = name.find('/');
    auto folder = place_.folders.find(name.substr(0, slash));
    if (slash == name.npos || folder == place_.folders.end() || leads_out(name)) return base::invalid("not a file of a backup: " + name);
    // Laid ready on the disk that it belongs to.
    auto ready = ready_.find(folder->first);
    if (ready == ready_.end()) {
      std::error_code failed;
      fs::create_directories(folder->second, failed);
      TRY(Folder made, Folder::make(folder->second, ".patchbay-restore"));
      ready = ready_.emplace(folder->first, std::move(made)).first;
    }
    std::string path = ready->second / std::to_string(files_.size());
    files_.emplace_back(path, folder->second + name.substr(slash));
    return write_file(path, size, next);
  }

  Result<void> check_schema() const {
    std::error_code ignored;
    for (const std::string& file : manifest_.schema) {
      bool ours = file.find('/') == file.npos;
      if (ours && !fs::exists(fs::path(place_.schema_folder) / file, ignored)) {
        return base::Error{base::Code::conflict, "the backup is of a newer patchbay: its schema has " + file};
      }
    }
    return {};
  }

  // A server's store is filled row by row: into one that nobody has used yet, so that no half of two is ever served.
  Result<void> check_target() const {
    TRY(const Engine* engine, engine_of(place_.url));
    if (engine->replace) return {};
    TRY_VOID(create(place_.url));
    TRY(auto applied, migrate(place_.url, place_.schema_folder, place_.own_schemas));
    TRY(auto store, open_for_cli(place_.url));
    TRY(Rows rows, store->run({"SELECT te_code FROM te_tenants LIMIT 1", {}, {}}));
    if (rows.empty()) return {};
    return base::Error{base::Code::conflict, "the database has tenants already: restore into a new one, then let store.url name it"};
  }

  Result<void> put_store() const {
    TRY(const Engine* engine, engine_of(place_.url));
    if (engine->replace) {
      TRY_VOID(create(place_.url));
      return engine->replace(url_of(store_), place_.url);
    }
    if (auto copied = store::copy(url_of(store_), place_.url, [](const CopiedTable&, bool) {}); !copied) return copied.error();
    return {};
  }

  const BackupPlace& place_;
  std::string store_;
  Manifest manifest_;
  bool has_manifest_ = false, has_store_ = false;
  std::map<std::string, Folder> ready_;
  std::vector<std::pair<std::string, std::string>> files_;  // where it lies, where it belongs
};

}  // namespace

BackupFile::BackupFile(BackupFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)), size_(other.size_) {}
BackupFile& BackupFile::operator=(BackupFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  return *this;
}
BackupFile::~BackupFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}
int BackupFile::release() noexcept { return std::exchange(descriptor_, -1); }

Result<void> write_backup(const BackupPlace& place, const BackupWish& wish, int descriptor) {
  for (const std::string& folder : wish.folders) {
    if (place.folders.count(folder) == 0) return base::invalid("no such folder: " + folder.substr(0, 64));
  }
  TRY(Folder scratch, Folder::make(place.temporary, "patchbay-backup"));
  const std::string path = scratch / store_name;
  TRY_VOID(snapshot_into(place, wish, path));
  ArchiveWriter archive(descriptor);
  TRY(std::string manifest, manifest_of(place, wish, path));
  TRY_VOID(archive.add(manifest_name, manifest));
  TRY_VOID(add_path(archive, std::string(store_name), path));
  for (const std::string& folder : wish.folders) TRY_VOID(add_folder(archive, folder, place.folders.at(folder)));
  return archive.finish();
}

Result<std::string> read_backup(const BackupPlace& place, int descriptor) { return Restore(place).run(descriptor); }

// In a file without a name.
static Result<BackupFile> make_file(const BackupPlace& place, const BackupWish& wish) {
  int descriptor = ::open(place.temporary.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    std::string pattern = place.temporary + "/patchbay-backup-XXXXXX";
    descriptor = ::mkostemp(pattern.data(), O_CLOEXEC);
    if (descriptor < 0) return problem("no file can be made in " + place.temporary, errno);
    ::unlink(pattern.c_str());
  }
  BackupFile file(descriptor, 0);
  TRY_VOID(write_backup(place, wish, descriptor));
  off_t size = ::lseek(descriptor, 0, SEEK_END);
  if (size < 0 || ::lseek(descriptor, 0, SEEK_SET) != 0) return problem("the backup cannot be read", errno);
  return BackupFile(file.release(), static_cast<std::uint64_t>(size));
}

Backups::~Backups() = default;

loop::Pending Backups::make(loop::Loop& loop, BackupWish wish, base::Function<void(Result<BackupFile>)> done) {
  if (busy_->exchange(true)) {
    return loop.later([done = std::move(done)]() mutable { done(base::unavailable("another backup is being made")); });
  }
  if (!worker_) worker_ = std::make_unique<loop::Worker>("backup", 10);
  auto job = [place = place_, wish = std::move(wish), busy = busy_] {
    auto made = make_file(place, wish);
    *busy = false;
    return made;
  };
  return worker_->run(loop, std::move(job), std::move(done));
}

}  // namespace host::store
