#include "http/rooted.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace host;
namespace rooted = http::rooted;
namespace fs = std::filesystem;

namespace {

struct Folder {
  std::string root;
  Folder() {
    char name[] = "/tmp/rooted-XXXXXX";
    REQUIRE(::mkdtemp(name));
    base_ = name;
    root = base_ + "/root";
    fs::create_directories(root + "/DEMO/sub");
    put("DEMO/a.wav", "hello");
    std::ofstream(base_ + "/secret") << "secret";
  }
  ~Folder() { fs::remove_all(base_); }
  void put(const std::string& path, const std::string& bytes) { std::ofstream(root + "/" + path) << bytes; }
  std::string get(const std::string& path) {
    auto bytes = rooted::read(root, path, 1000);
    return bytes ? *bytes : "error " + std::string(base::name(bytes.error().code));
  }

 private:
  std::string base_;
};

template <typename T>
std::string code(const base::Result<T>& result) {
  return result ? "ok" : std::string(base::name(result.error().code));
}

}  // namespace

TEST_CASE("rooted: paths that name something below") {
  for (const char* good : {"a", "a/b.wav", "a/...", "a/..b", " "}) CHECK(rooted::valid(good));
  for (const char* bad : {"", "/", "/etc/passwd", "..", "../a", "a/..", "a/../b", ".", "a/.", "a//b", "a/"}) {
    CHECK_FALSE(rooted::valid(bad));
  }
  CHECK_FALSE(rooted::valid(std::string_view("a\0b", 3)));
  CHECK_FALSE(rooted::valid(std::string(300, 'a')));
  std::string deep;
  for (int i = 0; i < 600; ++i) deep += "a/";
  CHECK_FALSE(rooted::valid(deep + "a"));
}

TEST_CASE("rooted: reading") {
  Folder folder;
  CHECK(folder.get("DEMO/a.wav") == "hello");
  CHECK(folder.get("DEMO/none") == "error not_found");
  CHECK(folder.get("DEMO/a.wav/b") == "error not_found");
  CHECK(folder.get("DEMO/sub") == "error not_found");
  CHECK(folder.get("../secret") == "error invalid");
  CHECK(code(rooted::read(folder.root, "DEMO/a.wav", 4)) == "invalid");
  CHECK(code(rooted::read(folder.root, "DEMO/a.wav", 5)) == "ok");
  CHECK(code(rooted::read("", "a", 5)) == "unavailable");
  CHECK(code(rooted::read(folder.root + "/absent", "a", 5)) == "not_found");

  auto body = rooted::open(folder.root, "DEMO/a.wav");
  REQUIRE(body);
  CHECK(body->size == 5);
  CHECK(body->modified > 1600000000);
  CHECK((::fcntl(body->descriptor, F_GETFD) & FD_CLOEXEC) != 0);
  ::close(body->descriptor);
}

TEST_CASE("rooted: a link does not lead out") {
  Folder folder;
  fs::create_symlink(folder.root + "/../secret", folder.root + "/DEMO/out.wav");
  fs::create_symlink("../../secret", folder.root + "/DEMO/relative.wav");
  fs::create_directory_symlink("/tmp", folder.root + "/DEMO/tmp");
  fs::create_symlink("a.wav", folder.root + "/DEMO/in.wav");
  CHECK(folder.get("DEMO/out.wav") == "error denied");
  CHECK(folder.get("DEMO/relative.wav") == "error denied");
  CHECK(code(rooted::list(folder.root, "DEMO/tmp")) == "denied");
  CHECK(code(rooted::write(folder.root, "DEMO/tmp/x", "x")) == "denied");
  CHECK(code(rooted::write(folder.root, "DEMO/tmp/y/x", "x")) == "denied");
  CHECK(code(rooted::move(folder.root, "DEMO/a.wav", "DEMO/tmp/x")) == "denied");
  CHECK(code(rooted::remove(folder.root, "DEMO/tmp/x")) == "denied");
  // Writing to a link replaces the link, not what it points to.
  CHECK(code(rooted::write(folder.root, "DEMO/out.wav", "mine")) == "ok");
  CHECK(folder.get("DEMO/out.wav") == "mine");
  std::ifstream secret(folder.root + "/../secret");
  std::string text;
  secret >> text;
  CHECK(text == "secret");
}

TEST_CASE("rooted: a pipe or a device is no file") {
  Folder folder;
  REQUIRE(::mkfifo((folder.root + "/DEMO/pipe.wav").c_str(), 0600) == 0);
  CHECK(folder.get("DEMO/pipe.wav") == "error not_found");
  CHECK(code(rooted::stat(folder.root, "DEMO/pipe.wav")) == "not_found");
}

TEST_CASE("rooted: listing is sorted and without links and temporary files") {
  Folder folder;
  folder.put("DEMO/b", "12");
  folder.put("DEMO/.patchbay-123", "x");
  fs::create_symlink("a.wav", folder.root + "/DEMO/link");
  auto entries = rooted::list(folder.root, "DEMO");
  REQUIRE(entries);
  REQUIRE(entries->size() == 3);
  CHECK((*entries)[0].name == "a.wav");
  CHECK((*entries)[0].info.size == 5);
  CHECK((*entries)[1].name == "b");
  CHECK((*entries)[2].name == "sub");
  CHECK((*entries)[2].info.kind == rooted::Kind::folder);
  CHECK(code(rooted::list(folder.root, "OTHER")) == "not_found");
  CHECK(code(rooted::list(folder.root, "DEMO/a.wav")) == "not_found");
}

TEST_CASE("rooted: writing makes folders and leaves nothing behind") {
  Folder folder;
  CHECK(code(rooted::write(folder.root, "NEW/deep/er/x.txt", "one")) == "ok");
  CHECK(folder.get("NEW/deep/er/x.txt") == "one");
  CHECK(code(rooted::write(folder.root, "NEW/deep/er/x.txt", "two")) == "ok");
  CHECK(folder.get("NEW/deep/er/x.txt") == "two");
  CHECK(code(rooted::write(folder.root, "top.txt", "")) == "ok");
  CHECK(folder.get("top.txt") == "");
  CHECK(code(rooted::write(folder.root, "DEMO/sub", "x")) == "conflict");
  CHECK(code(rooted::write(folder.root, "DEMO/a.wav/x", "x")) == "not_found");
  int left = 0;
  for (auto& entry : fs::recursive_directory_iterator(folder.root)) {
    if (entry.path().filename().string().starts_with(".patchbay-")) ++left;
  }
  CHECK(left == 0);
}

TEST_CASE("rooted: moving and removing") {
  Folder folder;
  folder.put("DEMO/b", "b");
  CHECK(code(rooted::move(folder.root, "DEMO/a.wav", "DEMO/b")) == "conflict");
  CHECK(code(rooted::move(folder.root, "DEMO/a.wav", "DEMO/new/c.wav")) == "ok");
  CHECK(folder.get("DEMO/new/c.wav") == "hello");
  CHECK(code(rooted::move(folder.root, "DEMO/a.wav", "DEMO/other/x")) == "not_found");
  CHECK_FALSE(fs::exists(folder.root + "/DEMO/other"));
  CHECK(code(rooted::move(folder.root, "DEMO", "DEMO/sub/x")) == "conflict");
  CHECK(code(rooted::remove(folder.root, "DEMO/new")) == "conflict");
  CHECK(code(rooted::remove(folder.root, "DEMO/new/c.wav")) == "ok");
  CHECK(code(rooted::remove(folder.root, "DEMO/new")) == "ok");
  CHECK(code(rooted::remove(folder.root, "DEMO/new")) == "not_found");
}

TEST_CASE("rooted: content types") {
  CHECK(rooted::type("a/b.WAV") == "audio/x-wav");
  CHECK(rooted::type("a.mp3") == "audio/mpeg");
  CHECK(rooted::type("a.pdf") == "application/pdf");
  CHECK(rooted::type("a.b/c") == "application/octet-stream");
  CHECK(rooted::type("") == "application/octet-stream");
}
