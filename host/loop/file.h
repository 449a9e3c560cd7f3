// File: an open regular file that is read on libuv's thread pool, so that a slow disk
// holds no lane. The descriptor is closed when the File and its last read are gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::loop {

class File {
 public:
  File(Loop& loop, int descriptor);  // takes the descriptor over
  ~File();
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  // Up to `length` bytes from `offset`; empty at the end of the file.
  Pending read(std::uint64_t offset, std::size_t length,
               base::Function<void(base::Result<std::string>)> done);

 private:
  struct Descriptor;
  Loop& loop_;
  std::shared_ptr<Descriptor> descriptor_;
};

}  // namespace host::loop
