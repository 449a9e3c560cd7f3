#include "app/backup.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <thread>

#include "app/admin.h"
#include "app/serve.h"

namespace host::app {

using base::Result;

// Hosts at one server say every second that they are there.
static constexpr auto between_beats = std::chrono::milliseconds(2'500);

store::BackupPlace backup_place(const base::Config& config, const std::string& version) {
  store::BackupPlace place;
  place.url = config.store.url;
  place.schema_folder = schema_folder(config);
  place.own_schemas = own_schemas(config);
  place.folders = {{"media", config.files.media}, {"voicemail", config.files.voicemail}};
  place.temporary = config.files.temporary;
  place.version = version;
  return place;
}

static base::Error problem(const std::string& what) { return base::unavailable(what + ": " + std::strerror(errno)); }

Result<std::string> backup_to(const base::Config& config, const std::string& version, const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) return base::invalid(path + " is there already");
  const std::string part = path + ".part";
  int descriptor = ::open(part.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return problem(part + " cannot be written");
  auto done = store::write_backup(backup_place(config, version), {{"media", "voicemail"}, {}}, descriptor);
  if (done && ::fsync(descriptor) != 0) done = problem(part + " cannot be written");
  off_t size = ::lseek(descriptor, 0, SEEK_END);
  ::close(descriptor);
  if (done && ::link(part.c_str(), path.c_str()) != 0) done = problem(path + " cannot be made");
  ::unlink(part.c_str());
  if (!done) return done.error();
  return fmt::format("{}: {} bytes, whole\n", path, static_cast<long long>(size));
}

// The beats of the hosts at a store, as one text; "" where there is no store yet.
static std::string beats(const std::string& url) {
  auto direct = store::open_for_cli(url);
  if (!direct) return "";
  auto rows = (*direct)->run({"SELECT ho_id, ho_beat FROM ho_hosts ORDER BY ho_id", {}, {}});
  std::string text;
  for (std::size_t i = 0; rows && i < rows->size(); ++i) text += rows->text(i, 0) + " " + rows->text(i, 1) + "\n";
  return text;
}

static Result<void> nobody_serves(const base::Config& config) {
  auto answer = ask_admin(admin_place_of_host(config), "status", 5);
  bool runs = answer || answer.error().code != base::Code::unavailable;
  TRY(bool several, store::shared(config.store.url));
  if (!runs && several) {
    std::string before = beats(config.store.url);
    std::this_thread::sleep_for(between_beats);
    runs = beats(config.store.url) != before;
  }
  if (runs) return base::Error{base::Code::conflict, "a host runs on this store: stop it first"};
  return {};
}

Result<std::string> restore_from(const base::Config& config, const std::string& version, const std::string& path) {
  TRY_VOID(nobody_serves(config));
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return problem(path + " cannot be read");
  auto done = store::read_backup(backup_place(config, version), descriptor);
  ::close(descriptor);
  return done;
}

}  // namespace host::app
