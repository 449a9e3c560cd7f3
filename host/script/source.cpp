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

namespace {
struct Reading {
  ScriptSet& set;
  int folder = 0;
  bool set_aside = false;

  // The error of a file, kept for later or returned.
  Result<void> refused(const std::string& name, const std::string& path, const base::Error& error) {
    if (!set_aside) return error;
    set.aside.push_back({name, path, error.message, ""});
    return {};
  }
};
}  // namespace

static Result<void> visit(Reading& reading, const std::string& folder, const std::string& below,
                          int depth) {
  ScriptSet& set = reading.set;
  DIR* directory = ::opendir(folder.c_str());
  if (!directory) {
    if (errno == ENOENT && depth == 0) return {};
    return reading.refused(below, folder, unreadable(folder));
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
      if (depth + 1 < max_depth) {
        TRY_VOID(visit(reading, path, below + name + "/", depth + 1));
      } else {
        TRY_VOID(reading.refused(below + name, path, base::invalid(path + ": folders nested too deep")));
      }
    } else if (S_ISREG(info.st_mode) && is_script(name)) {
      auto text = read_text(path);
      if (!text) {
        TRY_VOID(reading.refused(below + name, path, text.error()));
        continue;
      }
      auto [known, fresh] = set.scripts.try_emplace(below + name);
      std::shared_ptr<const Script> overridden;
      if (!fresh) overridden = std::make_shared<const Script>(std::move(known->second));
      known->second = {path, std::move(*text), reading.folder, std::move(overridden)};
      if (set.scripts.size() > max_files) return base::invalid(folder + ": too many scripts");
    }
  }
  return {};
}

static void mix(std::uint64_t& hash, const std::string& text) {
  for (unsigned char byte : text) hash = (hash ^ byte) * 0x100000001b3ull;
  hash = (hash ^ text.size()) * 0x100000001b3ull;
}

bool ScriptSet::set_aside(const std::string& name, const std::string& message) {
  auto found = scripts.find(name);
  if (found == scripts.end()) return false;
  Script taken = std::move(found->second);
  if (taken.below) {
    found->second = *taken.below;
  } else {
    scripts.erase(found);
  }
  aside.push_back({name, std::move(taken.file), message, std::move(taken.text)});
  return true;
}

Result<std::shared_ptr<const ScriptSet>> read_scripts(const std::vector<std::string>& folders, bool set_aside) {
  auto set = std::make_shared<ScriptSet>();
  Reading reading{*set, 0, set_aside};
  for (const std::string& folder : folders) {
    TRY_VOID(visit(reading, folder, "", 0));
    ++reading.folder;
  }
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
