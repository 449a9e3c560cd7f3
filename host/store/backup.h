// What a backup is: an archive of the store as it was at one moment, as an SQLite file whatever the engine, and of files
// beside it. Blocking, but for `Backups`.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"
#include "loop/worker.h"

namespace host::store {

struct BackupPlace {
  std::string url;
  std::string schema_folder;
  std::vector<std::string> own_schemas;
  std::map<std::string, std::string> folders;  // what may be in one, by its name: "media"
  std::string temporary;                       // a folder with room for it
  std::string version;                         // of this program
};

struct BackupWish {
  std::vector<std::string> folders;  // of those of the place
  std::vector<std::string> without;  // tables that are empty in it
};

// An open file that is gone when it is closed.
class BackupFile {
 public:
  BackupFile() = default;
  BackupFile(int descriptor, std::uint64_t size) : descriptor_(descriptor), size_(size) {}
  BackupFile(BackupFile&& other) noexcept;
  BackupFile& operator=(BackupFile&& other) noexcept;
  ~BackupFile();
  int descriptor() const noexcept { return descriptor_; }
  int release() noexcept;
  std::uint64_t size() const noexcept { return size_; }

 private:
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

// Errors: `invalid` a folder or table that is not there; `unavailable` no room, or the store does not answer.
base::Result<void> write_backup(const BackupPlace& place, const BackupWish& wish, int descriptor);

// Makes the store and the files what the archive holds. Everything is checked and laid ready first; files of the folders that
// the archive does not have stay. Errors: `invalid` damaged or no backup; `conflict` it is of a newer schema.
// Returns a line for people. An SQLite store changes in one transaction.
base::Result<std::string> read_backup(const BackupPlace& place, int descriptor);

// A lane's. One backup is made at a time in the whole process: `busy` is shared.
class Backups {
 public:
  Backups(BackupPlace place, std::shared_ptr<std::atomic<bool>> busy) : place_(std::move(place)), busy_(std::move(busy)) {}
  ~Backups();
  // On a thread that is there from the first one on. `unavailable` while another one is made. Dropping the Pending
  // forgets the result.
  loop::Pending make(loop::Loop& loop, BackupWish wish, base::Function<void(base::Result<BackupFile>)> done);

 private:
  const BackupPlace place_;
  std::shared_ptr<std::atomic<bool>> busy_;
  std::unique_ptr<loop::Worker> worker_;
};

}  // namespace host::store
