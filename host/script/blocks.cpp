#include "script/blocks.h"

#include <sanitizer/asan_interface.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace host::script {

static constexpr std::size_t chunk_bytes = 64 * 1024;

static constexpr std::size_t rounded(std::size_t size) noexcept { return (size + 15) & ~std::size_t{15}; }

Blocks::~Blocks() {
  while (chunks_) {
    Free* chunk = chunks_;
    ASAN_UNPOISON_MEMORY_REGION(chunk, chunk_bytes);
    chunks_ = chunk->next;
    std::free(chunk);
  }
}

void* Blocks::resize(void* block, std::size_t old_size, std::size_t new_size) noexcept {
  if (block && old_size > largest && new_size > largest) return std::realloc(block, new_size);
  void* made = nullptr;
  if (new_size > 0) {
    made = take(new_size);
    if (!made) return nullptr;
    if (block) std::memcpy(made, block, std::min(old_size, new_size));
  }
  if (block) give(block, old_size);
  return made;
}

void* Blocks::take(std::size_t size) noexcept {
  if (size > largest) return std::malloc(size);
  Free*& first = free_[(size - 1) / step];
  if (!first) return cut(size);
  void* block = first;
  // A sanitizer sees who touches a block that Lua has dropped, or what is behind one.
  ASAN_UNPOISON_MEMORY_REGION(block, std::max(size, sizeof(Free)));
  first = first->next;
  // The next of this size is cold, and its link is read when it is taken.
  __builtin_prefetch(first, 1);
  return block;
}

// A new block off the newest chunk; what is left of a full one is lost.
void* Blocks::cut(std::size_t size) noexcept {
  std::size_t whole = rounded(size);
  if (left_ < whole) {
    void* chunk = std::malloc(chunk_bytes);
    if (!chunk) return nullptr;
    chunks_ = new (chunk) Free{chunks_};
    at_ = static_cast<char*>(chunk) + step;
    left_ = chunk_bytes - step;
    ASAN_POISON_MEMORY_REGION(at_, left_);
  }
  void* block = at_;
  at_ += whole;
  left_ -= whole;
  ASAN_UNPOISON_MEMORY_REGION(block, size);
  return block;
}

void Blocks::give(void* block, std::size_t size) noexcept {
  if (size > largest) return std::free(block);
  Free*& first = free_[(size - 1) / step];
  ASAN_UNPOISON_MEMORY_REGION(block, rounded(size));
  first = new (block) Free{first};
  ASAN_POISON_MEMORY_REGION(block, rounded(size));
}

}  // namespace host::script
