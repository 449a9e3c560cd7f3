// A tar archive that says whether it is whole: its last entry, SHA256SUMS, has the digest of each other one. Written and
// read from the front to the end, in as little memory as one block takes. Blocking.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "codec/digest.h"

namespace host::store {

class ArchiveWriter {
 public:
  // The descriptor stays the caller's.
  explicit ArchiveWriter(int descriptor) : descriptor_(descriptor) {}

  base::Result<void> add(std::string_view name, std::string_view bytes);
  // `size` bytes of a file; a file that has become shorter is an error, one that has grown is cut.
  base::Result<void> add_file(std::string_view name, int file, std::uint64_t size);
  base::Result<void> finish();

 private:
  base::Result<void> begin(std::string_view name, std::uint64_t size);
  base::Result<void> header(std::string_view name, std::uint64_t size, char kind);
  base::Result<void> put(std::string_view bytes);
  base::Result<void> pad(std::uint64_t size);

  int descriptor_;
  std::string sums_;
};

// Calls `entry` for each but SHA256SUMS, in order; `next` gives its bytes by pieces, "" at its end, and what `entry` does
// not take is skipped. Fails with `invalid` when the archive is none, or is damaged, or ends too early: then what
// `entry` has seen is worth nothing.
using NextBytes = base::Function<base::Result<std::string_view>()>;
base::Result<void> read_archive(int descriptor,
                                base::Function<base::Result<void>(const std::string& name, std::uint64_t size, NextBytes& next)> entry);

}  // namespace host::store
