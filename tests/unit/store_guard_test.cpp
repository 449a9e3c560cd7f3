#include "store/guard.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using host::store::Guard;
namespace fs = std::filesystem;

namespace {
struct Folder {
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "patchbay-guard-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path = pattern;
    put("db", 4096);
    put("db-wal", 100);
  }
  ~Folder() { fs::remove_all(path); }
  void put(const char* name, std::size_t size) const {
    std::ofstream(path / name, std::ios::binary) << std::string(size, 'x');
  }
  std::string url() const { return "sqlite://" + (path / "db").string(); }
  fs::path path;
};

std::string fault(Guard& guard) {
  guard.look();
  auto standing = guard.standing();
  return standing ? "" : standing.error().message.substr(0, standing.error().message.rfind(": "));
}
}  // namespace

// Found: writes went on being acknowledged after the file was deleted, and were lost.
TEST_CASE("guard: a store that is deleted, replaced or overwritten is noticed") {
  Folder folder;
  Guard guard(folder.url());
  CHECK(fault(guard).empty());
  CHECK(guard.log_bytes() == 100);
  folder.put("db", 8192);  // it grows
  CHECK(fault(guard).empty());
  fs::rename(folder.path / "db", folder.path / "away");
  CHECK(fault(guard) == "the store's file is gone");
  folder.put("db", 8192);
  CHECK(fault(guard) == "the store's file was replaced");
  fs::rename(folder.path / "away", folder.path / "db");  // the very same
  CHECK(fault(guard).empty());
  folder.put("db", 4096);  // an older copy, into the same file
  CHECK(fault(guard) == "the store's file was overwritten");
}

TEST_CASE("guard: so is its write-ahead log") {
  Folder folder;
  fs::remove(folder.path / "db-wal");
  Guard guard(folder.url());
  CHECK(fault(guard).empty());
  folder.put("db-wal", 10);  // with the first change
  CHECK(fault(guard).empty());
  fs::rename(folder.path / "db-wal", folder.path / "away");
  CHECK(fault(guard) == "the store's write-ahead log is gone");
  folder.put("db-wal", 10);
  CHECK(fault(guard) == "the store's write-ahead log was replaced");
}

TEST_CASE("guard: another engine has no file") {
  Guard guard("mysql://user@host/db");
  CHECK(fault(guard).empty());
}
