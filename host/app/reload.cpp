#include "app/reload.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <functional>
#include <string_view>

namespace host::app {

static void mix(std::uint64_t& sum, std::uint64_t value) noexcept {
  // Order-independent: readdir gives no order.
  value *= 0x9e3779b97f4a7c15ull;
  value ^= value >> 29;
  sum += value * 0xbf58476d1ce4e5b9ull;
}

// Several times a second, for hundreds of files: each is looked up in its folder, and no path is put together.
// `place` stands for the path.
static void visit(int parent, const char* folder, std::uint64_t place, std::uint64_t& sum, int depth) {
  int opened = ::openat(parent, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* directory = opened < 0 ? nullptr : ::fdopendir(opened);
  if (!directory) {
    if (opened >= 0) ::close(opened);
    return;
  }
  place = place * 31 + std::hash<std::string_view>()(folder);
  while (dirent* entry = ::readdir(directory)) {
    std::string_view name = entry->d_name;
    if (name.empty() || name[0] == '.') continue;
    bool script = name.ends_with(".lua");
    if (entry->d_type == DT_REG && !script) continue;
    struct stat info {};
    if (::fstatat(opened, entry->d_name, &info, 0) != 0) continue;
    if (S_ISDIR(info.st_mode)) {
      if (depth < 8) visit(opened, entry->d_name, place, sum, depth + 1);
      continue;
    }
    if (!script) continue;
    std::uint64_t one = place * 31 + std::hash<std::string_view>()(name);
    one = one * 31 + static_cast<std::uint64_t>(info.st_size);
    one = one * 31 + static_cast<std::uint64_t>(info.st_ino);
    // Not the time of the last write: programs set that back.
    one = one * 31 + static_cast<std::uint64_t>(info.st_ctim.tv_sec);
    one = one * 31 + static_cast<std::uint64_t>(info.st_ctim.tv_nsec);
    mix(sum, one);
  }
  ::closedir(directory);
}

std::uint64_t folder_signature(const std::vector<std::string>& folders) {
  std::uint64_t sum = 1;
  for (const std::string& folder : folders) visit(AT_FDCWD, folder.c_str(), 0, sum, 0);
  return sum;
}

Watch::Watch(loop::Loop& loop, std::vector<std::string> folders, std::uint64_t interval_ms,
             base::Function<void()> changed)
    : folders_(std::move(folders)), changed_(std::move(changed)), timer_(loop, [this] { look(); }) {
  settle();
  timer_.start(interval_ms, interval_ms);
}

void Watch::settle() { settled_ = last_ = folder_signature(folders_); }

bool Watch::settled() const { return folder_signature(folders_) == settled_; }

void Watch::look() {
  std::uint64_t now = folder_signature(folders_);
  bool still = now == last_;
  last_ = now;
  if (!still || now == settled_) return;
  settled_ = now;
  changed_();
}

}  // namespace host::app
