// The bodies that do not fit one write, all as ChunkSource: long text, files, and any
// source seen through gzip.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "http/response.h"
#include "loop/loop.h"

namespace host::http {

// Slices of a text, one per turn, so that one large answer does not hold the lane.
std::unique_ptr<ChunkSource> text_source(loop::Loop& loop, std::string text,
                                         std::size_t slice_bytes);

// The same for a text that others send too: it stays one, and is cut smaller, because each
// answer that nobody reads keeps a slice.
std::unique_ptr<ChunkSource> shared_source(loop::Loop& loop, SharedText text, bool packed);

// Bytes [offset, offset + length) of an open file, read on libuv's pool; closes it. A
// file that shrank meanwhile is an error: the length was already promised.
std::unique_ptr<ChunkSource> file_source(loop::Loop& loop, int descriptor, std::uint64_t offset,
                                         std::uint64_t length);

std::unique_ptr<ChunkSource> gzip_source(loop::Loop& loop, std::unique_ptr<ChunkSource> inner);

}  // namespace host::http
