#include "loop/file.h"

#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include <optional>

#include "support/turn.h"

using namespace host;
using test::turn_for;
using test::turn_until;

static int open_temporary(const std::string& content) {
  char path[] = "/tmp/patchbay-test-XXXXXX";
  int file = ::mkostemp(path, O_CLOEXEC);
  REQUIRE(::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
  ::unlink(path);
  return file;
}

TEST_CASE("file: reads where it is told, up to the end") {
  loop::Loop loop;
  loop::File file(loop, open_temporary("0123456789"));
  auto read = [&](std::uint64_t offset, std::size_t length) {
    std::optional<base::Result<std::string>> result;
    auto pending = file.read(offset, length, [&](auto r) { result = std::move(r); });
    CHECK_FALSE(result);
    REQUIRE(turn_until(loop, [&] { return result.has_value(); }));
    REQUIRE(*result);
    return **result;
  };
  CHECK(read(0, 4) == "0123");
  CHECK(read(8, 100) == "89");
  CHECK(read(10, 1).empty());
  CHECK(read(3, 1) == "3");
}

TEST_CASE("file: a bad descriptor is an error") {
  loop::Loop loop;
  loop::File file(loop, -1);
  std::optional<base::Result<std::string>> result;
  auto pending = file.read(0, 1, [&](auto r) { result = std::move(r); });
  REQUIRE(turn_until(loop, [&] { return result.has_value(); }));
  CHECK_FALSE(*result);
}

TEST_CASE("file: gone in the middle of a read, it is closed after it and calls nobody") {
  loop::Loop loop;
  int descriptor = open_temporary(std::string(1 << 20, 'x'));
  bool called = false;
  {
    auto file = std::make_unique<loop::File>(loop, descriptor);
    auto pending = file->read(0, 1 << 20, [&](auto) { called = true; });
    file.reset();
  }
  REQUIRE(turn_until(loop, [&] { return ::fcntl(descriptor, F_GETFD) == -1; }));
  turn_for(loop, 5);
  CHECK_FALSE(called);
}
