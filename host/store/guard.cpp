#include "store/guard.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace host::store {

static constexpr std::string_view scheme = "sqlite://";

Guard::Guard(std::string_view url) {
  if (url.starts_with(scheme)) path_ = url.substr(scheme.size());
  file_ = see(path_);
  log_ = see(path_ + "-wal");
}

Guard::Seen Guard::see(const std::string& path) noexcept {
  struct stat info {};
  if (path.empty() || ::stat(path.c_str(), &info) != 0) return {};
  return {info.st_dev, info.st_ino, info.st_size, true};
}

// What is wrong, or nothing.
std::string Guard::find_fault() {
  Seen file = see(path_), log = see(path_ + "-wal");
  log_bytes_ = static_cast<std::uint64_t>(log.size);
  if (!file_.there) file_ = file;
  if (!log_.there) log_ = log;  // it comes with the first change
  auto other = [](const Seen& now, const Seen& then) {
    return now.device != then.device || now.inode != then.inode;
  };
  if (!file.there) return "the store's file is gone: " + path_;
  if (other(file, file_)) return "the store's file was replaced: " + path_;
  // It is never made smaller by us or by Asterisk: an older copy was written over it.
  if (file.size < file_.size) return "the store's file was overwritten: " + path_;
  file_.size = file.size;
  if (log_.there && !log.there) return "the store's write-ahead log is gone: " + path_ + "-wal";
  if (log_.there && other(log, log_)) return "the store's write-ahead log was replaced: " + path_ + "-wal";
  if (::access(path_.c_str(), W_OK) != 0) return "the store's file is read-only: " + path_;
  return {};
}

void Guard::look() {
  if (path_.empty()) return;
  std::string fault = find_fault();
  {
    std::lock_guard lock(mutex_);
    if (fault == reason_) return;
    reason_ = fault;
    lost_ = !fault.empty();
  }
  if (fault.empty()) {
    base::log::warn("store", "the store's file is in its place again");
  } else {
    base::log::error("store", "changes are refused until it is back or the host is started anew", {{"reason", fault}});
  }
}

base::Result<void> Guard::standing() const {
  if (!lost()) return {};
  std::lock_guard lock(mutex_);
  if (reason_.empty()) return {};
  return base::unavailable(reason_);
}

}  // namespace host::store
