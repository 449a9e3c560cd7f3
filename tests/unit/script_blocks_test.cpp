#include "script/blocks.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

using host::script::Blocks;

TEST_CASE("a dropped small block is the next of its size") {
  Blocks blocks;
  void* first = blocks.resize(nullptr, 0, 40);
  void* second = blocks.resize(nullptr, 0, 40);
  CHECK(first != second);
  CHECK(blocks.resize(first, 40, 0) == nullptr);
  CHECK(blocks.resize(nullptr, 0, 33) == first);
  blocks.resize(first, 33, 0);
  blocks.resize(second, 40, 0);
}

TEST_CASE("blocks of every size keep their bytes through every change of size") {
  Blocks blocks;
  struct One {
    unsigned char* at = nullptr;
    std::size_t size = 0;
    unsigned char mark = 0;
  };
  std::vector<One> all(300);
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    One& one = all[random() % all.size()];
    // Around the border between small and large more often than elsewhere.
    std::size_t size = random() % 4 == 0 ? 500 + random() % 24 : random() % 2000;
    auto* moved = static_cast<unsigned char*>(blocks.resize(one.at, one.size, size));
    REQUIRE((moved != nullptr) == (size > 0));
    REQUIRE(reinterpret_cast<std::uintptr_t>(moved) % 16 == 0);
    for (std::size_t i = 0; i < std::min(one.size, size); ++i) REQUIRE(moved[i] == one.mark);
    one = {moved, size, static_cast<unsigned char>(random())};
    if (size) std::memset(moved, one.mark, size);
  }
  for (One& one : all) blocks.resize(one.at, one.size, 0);
}
