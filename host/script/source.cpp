#include "script/source.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace host::script {

using base::Result;

static constexpr std::size_t max_file_bytes = 1u << 20;
static constexpr std::size_t max_set_bytes = 64u << 20;
static constexpr std::size_t max_files = 10'000;
static constexpr int max_depth = 16;  // also ends a circle of symbolic links

static base::Error unreadable(const std::string& path) {
  return base::unavailable(path + ": " + std::strerror(errno));
}

static Result<std::string> read_text(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return unreadable(path);
  std::string text;
  char block[16384];
  ssize_t count = 0;
  while ((count = ::read(descriptor, block, sizeof block)) > 0) {
    text.append(block, static_cast<std::size_t>(count));
    if (text.size() > max_file_bytes) break;
  }
  int failure = errno;
  ::close(descriptor);
  errno = failure;
  if (count < 0) return unreadable(path);
  if (text.size() > max_file_bytes) return base::invalid(path + ": larger than 1 MiB");
  return text;
}

static bool is_script(const std::string& name) {
  return name.ends_with(".lua") && !name.ends_with("_test.lua");
}

static Result<void> visit(ScriptSet& set, const std::string& folder, const std::string& below,
                          int depth) {
  DIR* directory = ::opendir(folder.c_str());
  if (!directory) {
    if (errno == ENOENT && depth == 0) return {};
    return unreadable(folder);
  }
  std::vector<std::string> names;
  while (dirent* entry = ::readdir(directory)) names.emplace_back(entry->d_name);
  ::closedir(directory);
  std::sort(names.begin(), names.end());

  for (const std::string& name : names) {
    if (name.empty() || name[0] == '.') continue;
    std::string path = folder + "/" + name;
    struct stat info {};
    // A file that went away between the two calls, or a dangling link an editor uses as a lock.
    if (::stat(path.c_str(), &info) != 0) continue;
    if (S_ISDIR(info.st_mode)) {
      if (depth + 1 >= max_depth) return base::invalid(path + ": folders nested too deep");
      TRY_VOID(visit(set, path, below + name + "/", depth + 1));
    } else if (S_ISREG(info.st_mode) && is_script(name)) {
      TRY(std::string text, read_text(path));
      set.scripts[below + name] = {path, std::move(text)};
      if (set.scripts.size() > max_files) return base::invalid(folder + ": too many scripts");
    }
  }
  return {};
}

static void mix(std::uint64_t& hash, const std::string& text) {
  for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3ull;
  hash = (hash ^ text.size()) * 0x100000001b3ull;
}

Result<std::shared_ptr<const ScriptSet>> read_scripts(const std::vector<std::string>& folders) {
  auto set = std::make_shared<ScriptSet>();
  for (const std::string& folder : folders) TRY_VOID(visit(*set, folder, "", 0));
  set->hash = 0xcbf29ce484222325ull;
  std::size_t bytes = 0;
  for (const auto& [name, script] : set->scripts) {
    mix(set->hash, name);
    mix(set->hash, script.text);
    bytes += script.text.size();
  }
  if (bytes > max_set_bytes) return base::invalid("scripts: more than 64 MiB in all");
  return std::shared_ptr<const ScriptSet>(std::move(set));
}

}  // namespace host::script
