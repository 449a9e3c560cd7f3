#include "http/rooted.h"

#include "base/text.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <system_error>
#include <utility>

namespace host::http::rooted {

using base::Error;
using base::Result;

namespace {

constexpr std::string_view temporary_prefix = ".patchbay-";

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  int get() const noexcept { return number_; }
  int release() noexcept { return std::exchange(number_, -1); }

 private:
  int number_;
};

Error failure(int code, std::string_view path) {
  std::string shown(path.substr(0, 200));
  switch (code) {
    case ENOENT:
    case ENOTDIR: return base::not_found("no such file: " + shown);
    case EXDEV:
    case ELOOP: return {base::Code::denied, "leads out of its root: " + shown};
    case EEXIST:
    case ENOTEMPTY: return {base::Code::conflict, "already there or not empty: " + shown};
    case EISDIR: return {base::Code::conflict, "is a folder: " + shown};
    case ENAMETOOLONG: return base::invalid("path: too long");
    default:
      return base::unavailable(shown + ": " + std::generic_category().message(code));
  }
}

Result<void> check(std::string_view path) {
  if (valid(path)) return {};
  std::string shown(path.substr(0, 200));
  if (base::text::has_line_break(shown)) shown = "(with a line break)";
  return base::invalid("not a relative path: " + shown);
}

Result<Descriptor> open_root(const std::string& root) {
  if (root.empty()) return base::unavailable("no folder is configured for these files");
  int number = ::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (number < 0) {
    // A root that nothing was written to yet is an empty one.
    if (errno == ENOENT) return base::not_found("no such file: the root is absent");
    return failure(errno, root);
  }
  return Descriptor(number);
}

// For kernels (and sandboxes) without openat2: part by part, and never through a link.
int open_parts(int folder, std::string_view path, int flags, mode_t mode) {
  Descriptor held(-1);
  for (;;) {
    size_t slash = path.find('/');
    std::string part(path.substr(0, slash));
    if (slash == std::string_view::npos) {
      return ::openat(folder, part.c_str(), flags | O_NOFOLLOW | O_CLOEXEC, mode);
    }
    Descriptor next(::openat(folder, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (next.get() < 0) return -1;
    held = std::move(next);
    folder = held.get();
    path.remove_prefix(slash + 1);
  }
}

// The one door to a file: `path` is valid(). -1 with errno when it fails.
int open_below(int root, std::string_view path, int flags, mode_t mode = 0) {
  std::string name(path);
  open_how how{};
  how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
  how.mode = mode;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = 0; tries < 100; ++tries) {
    auto number = static_cast<int>(::syscall(SYS_openat2, root, name.c_str(), &how, sizeof how));
    if (number >= 0) return number;
    if (errno == ENOSYS || errno == EPERM) return open_parts(root, path, flags, mode);
    // Somebody renamed a folder meanwhile, and the kernel cannot vouch for "..".
    if (errno != EAGAIN) return -1;
  }
  return -1;
}

Result<Descriptor> open_path(const std::string& root, std::string_view path, int flags) {
  TRY_VOID(check(path));
  TRY(Descriptor top, open_root(root));
  int number = open_below(top.get(), path, flags);
  if (number < 0) return failure(errno, path);
  return Descriptor(number);
}

Info info_of(const struct stat& status) {
  Info info;
  info.kind = S_ISDIR(status.st_mode) ? Kind::folder : Kind::file;
  info.size = info.kind == Kind::file ? static_cast<std::uint64_t>(status.st_size) : 0;
  info.modified = static_cast<double>(status.st_mtim.tv_sec) +
                  static_cast<double>(status.st_mtim.tv_nsec) / 1e9;
  return info;
}

struct Split {
  std::string_view folder;  // empty: the root itself
  std::string name;
};

Split split(std::string_view path) {
  size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {"", std::string(path)};
  return {path.substr(0, slash), std::string(path.substr(slash + 1))};
}

// The folder that holds `path`, made when `make` is set.
Result<Descriptor> parent(const std::string& root, std::string_view path, bool make) {
  TRY(Descriptor folder, open_root(root));
  std::string_view rest = split(path).folder;
  if (rest.empty()) return folder;
  if (make) {
    for (size_t slash = 0; slash != std::string_view::npos;) {
      slash = rest.find('/', slash + 1);
      Split here = split(rest.substr(0, slash));
      Descriptor above(-1);
      int at = folder.get();
      if (!here.folder.empty()) {
        above = Descriptor(open_below(folder.get(), here.folder, O_PATH | O_DIRECTORY));
        at = above.get();
      }
      if (at < 0 || (::mkdirat(at, here.name.c_str(), 0770) != 0 && errno != EEXIST)) {
        return failure(errno, path);
      }
    }
  }
  int number = open_below(folder.get(), rest, O_RDONLY | O_DIRECTORY);
  if (number < 0) return failure(errno, path);
  return Descriptor(number);
}

Result<Descriptor> open_regular(const std::string& root, std::string_view path,
                                struct stat& status) {
  // Not blocking: a pipe somebody left here must not hold the thread.
  TRY(Descriptor file, open_path(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  if (::fstat(file.get(), &status) != 0) return failure(errno, path);
  if (!S_ISREG(status.st_mode)) return base::not_found("not a file: " + std::string(path));
  return file;
}

bool write_all(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

std::string temporary_name() {
  unsigned char random[12];
  if (::getrandom(random, sizeof random, 0) != sizeof random) std::memset(random, 0, sizeof random);
  return std::string(temporary_prefix) +
         base::text::hex({reinterpret_cast<char*>(random), sizeof random});
}

}  // namespace

bool valid(std::string_view path) noexcept {
  if (path.empty() || path.size() > 1024 || path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    size_t slash = path.find('/');
    std::string_view part = path.substr(0, slash);
    if (part.empty() || part.size() > 255 || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

Result<FileBody> open(const std::string& root, std::string_view path) {
  struct stat status {};
  TRY(Descriptor file, open_regular(root, path, status));
  FileBody body;
  body.size = static_cast<std::uint64_t>(status.st_size);
  body.modified = status.st_mtim.tv_sec;
  body.descriptor = file.release();
  return body;
}

Result<Info> stat(const std::string& root, std::string_view path) {
  TRY(Descriptor file, open_path(root, path, O_PATH));
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return failure(errno, path);
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
    return base::not_found("not a file: " + std::string(path));
  }
  return info_of(status);
}

Result<std::vector<Entry>> list(const std::string& root, std::string_view path) {
  TRY(Descriptor folder, open_path(root, path, O_RDONLY | O_DIRECTORY));
  DIR* stream = ::fdopendir(folder.get());
  if (!stream) return failure(errno, path);
  int number = folder.release();  // the stream closes it
  std::vector<Entry> entries;
  bool full = false;
  while (dirent* item = ::readdir(stream)) {
    std::string_view name = item->d_name;
    if (name == "." || name == ".." || name.starts_with(temporary_prefix)) continue;
    struct stat status {};
    if (::fstatat(number, item->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) continue;
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) continue;
    full = entries.size() >= max_entries;
    if (full) break;
    entries.push_back({std::string(name), info_of(status)});
  }
  ::closedir(stream);
  if (full) return base::unavailable("too many files in: " + std::string(path));
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

Result<std::string> read(const std::string& root, std::string_view path, std::size_t max) {
  struct stat status {};
  TRY(Descriptor file, open_regular(root, path, status));
  std::string bytes;
  char block[64 << 10];
  for (;;) {
    ssize_t got = ::read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure(errno, path);
    if (got == 0) return bytes;
    if (bytes.size() + static_cast<size_t>(got) > max) {
      return base::invalid("larger than " + std::to_string(max) + " bytes: " + std::string(path));
    }
    bytes.append(block, static_cast<size_t>(got));
  }
}

Result<void> write(const std::string& root, std::string_view path, std::string_view bytes) {
  TRY_VOID(check(path));
  TRY(Descriptor folder, parent(root, path, true));
  std::string name = split(path).name;
  std::string temporary = temporary_name();
  Descriptor file(open_below(folder.get(), temporary, O_WRONLY | O_CREAT | O_EXCL, 0640));
  if (file.get() < 0) return failure(errno, path);
  bool done = write_all(file.get(), bytes) && ::fsync(file.get()) == 0 &&
              ::renameat(folder.get(), temporary.c_str(), folder.get(), name.c_str()) == 0;
  if (!done) {
    int code = errno;
    ::unlinkat(folder.get(), temporary.c_str(), 0);
    return failure(code, path);
  }
  ::fsync(folder.get());
  return {};
}

Result<void> move(const std::string& root, std::string_view from, std::string_view to) {
  TRY_VOID(check(from));
  TRY_VOID(check(to));
  TRY(Descriptor source, parent(root, from, false));
  std::string old_name = split(from).name;
  struct stat status {};
  // Before the target's folders are made for nothing.
  if (::fstatat(source.get(), old_name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return failure(errno, from);
  }
  TRY(Descriptor target, parent(root, to, true));
  std::string new_name = split(to).name;
  if (::renameat2(source.get(), old_name.c_str(), target.get(), new_name.c_str(),
                  RENAME_NOREPLACE) != 0) {
    int code = errno;
    // A folder into itself.
    if (code == EINVAL) return Error{base::Code::conflict, "cannot move there: " + std::string(to)};
    return failure(code, to);
  }
  return {};
}

Result<void> remove(const std::string& root, std::string_view path) {
  TRY_VOID(check(path));
  TRY(Descriptor folder, parent(root, path, false));
  std::string name = split(path).name;
  if (::unlinkat(folder.get(), name.c_str(), 0) == 0) return {};
  if (errno != EISDIR && errno != EPERM) return failure(errno, path);
  if (::unlinkat(folder.get(), name.c_str(), AT_REMOVEDIR) == 0) return {};
  return failure(errno, path);
}

std::string_view type(std::string_view path) noexcept {
  static constexpr std::pair<std::string_view, std::string_view> types[] = {
      {"wav", "audio/x-wav"},      {"mp3", "audio/mpeg"},     {"gsm", "audio/gsm"},
      {"ogg", "audio/ogg"},        {"opus", "audio/ogg"},     {"ulaw", "audio/basic"},
      {"au", "audio/basic"},       {"webm", "audio/webm"},    {"mp4", "video/mp4"},
      {"m4a", "audio/mp4"},        {"flac", "audio/flac"},    {"pdf", "application/pdf"},
      {"tif", "image/tiff"},       {"tiff", "image/tiff"},    {"png", "image/png"},
      {"jpg", "image/jpeg"},       {"jpeg", "image/jpeg"},    {"gif", "image/gif"},
      {"svg", "image/svg+xml"},    {"txt", "text/plain; charset=utf-8"},
      {"csv", "text/csv; charset=utf-8"}, {"html", "text/html; charset=utf-8"},
      {"xml", "application/xml"},  {"json", "application/json"}, {"zip", "application/zip"},
      {"gz", "application/gzip"},  {"js", "text/javascript; charset=utf-8"},
      {"css", "text/css; charset=utf-8"}};
  std::string_view name = path.substr(path.rfind('/') + 1);
  size_t dot = name.rfind('.');
  if (dot != std::string_view::npos) {
    std::string_view ending = name.substr(dot + 1);
    for (const auto& [known, value] : types) {
      if (base::text::iequals(ending, known)) return value;
    }
  }
  return "application/octet-stream";
}

}  // namespace host::http::rooted
