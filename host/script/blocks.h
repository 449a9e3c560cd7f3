// Blocks: the memory of one Lua state. Lua makes and drops small blocks all the time and
// says how large each one is, so the free ones of a size are a list. What small blocks took
// is given back with the whole; the state must be closed before.
#pragma once

#include <array>
#include <cstddef>

namespace host::script {

class Blocks {
 public:
  Blocks() = default;
  ~Blocks();
  Blocks(const Blocks&) = delete;
  Blocks& operator=(const Blocks&) = delete;

  // What lua_Alloc does: makes, moves or (new_size 0) frees a block; nullptr: no memory.
  void* resize(void* block, std::size_t old_size, std::size_t new_size) noexcept;

 private:
  static constexpr std::size_t step = 16, largest = 512;
  struct Free {
    Free* next;
  };

  void* take(std::size_t size) noexcept;
  void* cut(std::size_t size) noexcept;
  void give(void* block, std::size_t size) noexcept;

  std::array<Free*, largest / step> free_{};
  Free* chunks_ = nullptr;
  char* at_ = nullptr;    // what is left of the newest chunk
  std::size_t left_ = 0;
};

}  // namespace host::script
