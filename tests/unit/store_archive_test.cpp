#include "store/archive.h"

#include <sys/mman.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <cstdio>
#include <map>

#include "store_fixture.h"

using namespace host;
using store::ArchiveWriter;
using store::NextBytes;

namespace {

struct Memory {
  int descriptor = ::memfd_create("archive", 0);
  ~Memory() { ::close(descriptor); }
  std::string bytes() const {
    std::string text(static_cast<std::size_t>(::lseek(descriptor, 0, SEEK_END)), '\0');
    REQUIRE(::pread(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    return text;
  }
  void set(std::string_view text) const {
    REQUIRE(::ftruncate(descriptor, 0) == 0);
    REQUIRE(::pwrite(descriptor, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    ::lseek(descriptor, 0, SEEK_SET);
  }
};

using Entries = std::map<std::string, std::string>;

base::Result<Entries> read(const Memory& memory) {
  Entries found;
  ::lseek(memory.descriptor, 0, SEEK_SET);
  TRY_VOID(store::read_archive(memory.descriptor, [&](const std::string& name, std::uint64_t size, NextBytes& next) -> base::Result<void> {
    std::string text;
    while (text.size() < size && name != "skipped") {
      TRY(std::string_view bytes, next());
      text += bytes;
    }
    found[name] = text;
    return {};
  }));
  return found;
}

const Entries content = {{"empty", ""}, {"block", std::string(512, 'b')}, {"odd/zero", std::string("\0\xff\n", 3)},
                         {"long/" + std::string(255, 'x') + "/" + std::string(255, 'y'), "deep"}, {"large", std::string(700'000, 'l')}};

void write(const Memory& memory) {
  ArchiveWriter archive(memory.descriptor);
  for (const auto& [name, text] : content) REQUIRE(archive.add(name, text));
  REQUIRE(archive.finish());
}

}  // namespace

TEST_CASE("archive: what is put in comes out") {
  Memory memory;
  write(memory);
  auto found = read(memory);
  if (!found) FAIL(found.error().message);
  CHECK(*found == content);
}

TEST_CASE("archive: tar reads it, and sha256sum its sums") {
  Memory memory;
  write(memory);
  store_test::Folder folder;
  std::string command = "cd '" + folder.path + "' && tar xf /proc/" + std::to_string(::getpid()) + "/fd/" +
                        std::to_string(memory.descriptor) + " && sha256sum --quiet -c SHA256SUMS && test $(find . -type f | wc -l) = 6";
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("archive: a file is taken as long as it was") {
  Memory memory, file;
  file.set(std::string(1000, 'f'));
  ArchiveWriter archive(memory.descriptor);
  REQUIRE(archive.add_file("cut", file.descriptor, 400));
  REQUIRE(archive.finish());
  auto found = read(memory);
  REQUIRE(found);
  CHECK((*found)["cut"] == std::string(400, 'f'));
  ArchiveWriter other(memory.descriptor);
  CHECK_FALSE(other.add_file("shorter", file.descriptor, 5000));
  for (const char* name : {"", "a\nb"}) CHECK_FALSE(other.add(name, "x"));
}

TEST_CASE("archive: every byte that is changed and every end that comes too early is seen") {
  Memory memory;
  ArchiveWriter archive(memory.descriptor);
  REQUIRE(archive.add("one", "first"));
  REQUIRE(archive.add("two", std::string(600, '2')));
  REQUIRE(archive.finish());
  const std::string whole = memory.bytes();
  const std::size_t end = whole.size() - 1024;
  for (std::size_t size = 0; size < end - 512; size += 97) {
    memory.set(whole.substr(0, size));
    auto found = read(memory);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == base::Code::invalid);
  }
  for (std::size_t at = 0; at < end; ++at) {
    std::string text = whole;
    text[at] = static_cast<char>(text[at] ^ 0x11);
    memory.set(text);
    auto found = read(memory);
    // What is between an entry and the next one says nothing.
    if (found) CHECK(*found == Entries{{"one", "first"}, {"two", std::string(600, '2')}});
  }
  for (const std::string& text : {std::string(), std::string("no tar"), std::string(1024, '\0'), std::string(5000, 'x')}) {
    memory.set(text);
    CHECK_FALSE(read(memory));
  }
}
