#include "app/reload.h"

#include <dirent.h>
#include <sys/stat.h>

#include <functional>
#include <string_view>

namespace host::app {

static void mix(std::uint64_t& sum, std::uint64_t value) noexcept {
  // Order-independent: readdir gives no order.
  value *= 0x9e3779b97f4a7c15ull;
  value ^= value >> 29;
  sum += value * 0xbf58476d1ce4e5b9ull;
}

static void visit(const std::string& folder, std::uint64_t& sum, int depth) {
  DIR* directory = ::opendir(folder.c_str());
  if (!directory) return;
  while (dirent* entry = ::readdir(directory)) {
    std::string_view name = entry->d_name;
    if (name.empty() || name[0] == '.') continue;
    // Relative to the folder: walking the whole path for each file costs most of a look.
    struct stat info {};
    if (::fstatat(::dirfd(directory), entry->d_name, &info, 0) != 0) continue;
    std::string path = folder + "/" + entry->d_name;
    if (S_ISDIR(info.st_mode)) {
      if (depth < 8) visit(path, sum, depth + 1);
      continue;
    }
    if (!name.ends_with(".lua")) continue;
    std::uint64_t one = std::hash<std::string>()(path);
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
  for (const std::string& folder : folders) visit(folder, sum, 0);
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
