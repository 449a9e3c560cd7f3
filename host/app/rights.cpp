#include "app/rights.h"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace host::app {

using base::Result;

static Result<gid_t> group_number(const std::string& name) {
  if (auto number = base::text::integer(name)) return static_cast<gid_t>(*number);
  if (const group* found = ::getgrnam(name.c_str())) return found->gr_gid;
  return base::invalid("no such group: " + name);
}

Result<void> set_rights(const std::string& path, const std::string& group, const std::string& mode) {
  if (!group.empty()) {
    TRY(gid_t number, group_number(group));
    if (::chown(path.c_str(), static_cast<uid_t>(-1), number) != 0) {
      return base::unavailable(path + ": group " + group + ": " + std::strerror(errno));
    }
  }
  if (::chmod(path.c_str(), static_cast<mode_t>(std::stoul(mode, nullptr, 8))) != 0) {
    return base::unavailable(path + ": mode " + mode + ": " + std::strerror(errno));
  }
  return {};
}

}  // namespace host::app
