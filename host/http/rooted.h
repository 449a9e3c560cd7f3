// Files below a root folder, by relative path. No name, link or race leads out of the
// root: the kernel resolves the path (openat2), or each part is opened without following
// links where it cannot. Blocking; called on a worker thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/response.h"

namespace host::http::rooted {

enum class Kind { file, folder };

struct Info {
  Kind kind = Kind::file;
  std::uint64_t size = 0;
  double modified = 0;  // seconds since 1970
};

struct Entry {
  std::string name;
  Info info;
};

inline constexpr std::size_t max_entries = 20'000;

// "a/b.wav": parts of 1 to 255 bytes, none of them "." or "..", no NUL, not absolute.
bool valid(std::string_view path) noexcept;

// Errors of all: `invalid` a path that is not valid(); `not_found`; `denied` the path
// leads out of the root; `conflict` something is in the way; `unavailable` the disk.
base::Result<FileBody> open(const std::string& root, std::string_view path);
base::Result<Info> stat(const std::string& root, std::string_view path);
// Regular files and folders, sorted by name; links are left out.
base::Result<std::vector<Entry>> list(const std::string& root, std::string_view path);
// `invalid` when it is larger than `max`.
base::Result<std::string> read(const std::string& root, std::string_view path, std::size_t max);
// Makes the folders that miss; readers see the old file or the whole new one.
base::Result<void> write(const std::string& root, std::string_view path, std::string_view bytes);
// Makes the folders that miss; replaces nothing.
base::Result<void> move(const std::string& root, std::string_view from, std::string_view to);
// A file, or an empty folder.
base::Result<void> remove(const std::string& root, std::string_view path);

// "audio/x-wav" for "a/b.WAV", by the ending; "application/octet-stream" when unknown.
std::string_view type(std::string_view path) noexcept;

}  // namespace host::http::rooted
