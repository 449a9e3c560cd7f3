#include "script/source.h"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace host::script;
namespace fs = std::filesystem;

namespace {
struct Folder {
  Folder() : path(fs::temp_directory_path() / ("patchbay-source-" + std::to_string(::getpid()))) {
    fs::remove_all(path);
    fs::create_directories(path);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const std::string& name, const std::string& text) {
    fs::create_directories((path / name).parent_path());
    std::ofstream(path / name) << text;
  }
  fs::path path;
};
}  // namespace

TEST_CASE("later folders override earlier ones file by file") {
  Folder folder;
  folder.write("one/a.lua", "1");
  folder.write("one/deep/b.lua", "1");
  folder.write("one/a_test.lua", "1");
  folder.write("one/.hidden.lua", "1");
  folder.write("one/readme.md", "1");
  folder.write("two/deep/b.lua", "2");
  std::string one = folder.path / "one", two = folder.path / "two";
  auto read = read_scripts({one, two, folder.path / "absent"});
  REQUIRE(read);
  const auto& scripts = (*read)->scripts;
  REQUIRE(scripts.size() == 2);
  CHECK(scripts.at("a.lua").text == "1");
  CHECK(scripts.at("deep/b.lua").text == "2");
  CHECK(scripts.at("deep/b.lua").file == two + "/deep/b.lua");
  CHECK(scripts.at("deep/b.lua").folder == 1);
  REQUIRE(scripts.at("deep/b.lua").below);
  CHECK(scripts.at("deep/b.lua").below->file == one + "/deep/b.lua");
  CHECK_FALSE(scripts.at("a.lua").below);

  auto again = read_scripts({one, two});
  CHECK((*again)->hash == (*read)->hash);
  folder.write("two/deep/b.lua", "3");
  CHECK((*read_scripts({one, two}))->hash != (*read)->hash);
}

TEST_CASE("limits and odd files") {
  Folder folder;
  folder.write("a.lua", std::string((1u << 20) + 1, ' '));
  CHECK_FALSE(read_scripts({folder.path}));
  auto rest = read_scripts({folder.path}, true);
  REQUIRE(rest);
  REQUIRE((*rest)->aside.size() == 1);
  CHECK((*rest)->aside[0].message.find("a.lua: larger than 1 MiB") != std::string::npos);
  fs::remove(folder.path / "a.lua");
  fs::create_symlink(folder.path / "nowhere", folder.path / "b.lua");
  folder.write("c.lua", "c");
  fs::create_symlink(folder.path / "c.lua", folder.path / "d.lua");
  auto read = read_scripts({folder.path});
  REQUIRE(read);
  CHECK((*read)->scripts.size() == 2);
  fs::create_directory_symlink(folder.path, folder.path / "again");
  CHECK_FALSE(read_scripts({folder.path}));
}
