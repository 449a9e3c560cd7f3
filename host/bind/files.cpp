#include "bind/bind.h"

#include "http/rooted.h"
#include "loop/worker.h"
#include "script/args.h"
#include "script/body.h"
#include "script/push.h"
#include "script/task.h"
#include "store/call_records.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

namespace host::bind {

namespace args = script::args;
namespace rooted = http::rooted;
using base::Error;
using base::Result;
using script::Task;

namespace {

constexpr std::size_t default_read = 1 << 20;
constexpr double largest_read = 64 << 20;
// How the HTTP parser names what it spills; nothing else may be read by a full path.
constexpr std::string_view upload_prefix = "patchbay-upload-";

// Closes the file when the task that wanted it has gone meanwhile.
struct OpenFile {
  http::FileBody body;

  explicit OpenFile(http::FileBody file) : body(file) {}
  OpenFile(OpenFile&& other) noexcept : body(std::exchange(other.body, {})) {}
  OpenFile& operator=(OpenFile&&) = delete;
  ~OpenFile() {
    if (body.descriptor >= 0) ::close(body.descriptor);
  }
};

// Public files of the host itself, to be opened only: no tenant's and never written.
constexpr std::string_view public_root = "pages";

const std::string& root_argument(lua_State* L) {
  Services& lane = services(L);
  std::string_view name = args::string(L, 1);
  const std::string* root = name == "recordings" ? &lane.recordings
                            : name == "voicemail" ? &lane.voicemail
                            : name == "media"     ? &lane.media
                            : name == "fax"       ? &lane.fax
                                                  : nullptr;
  if (!root) luaL_argerror(L, 1, "recordings, voicemail, media or fax");
  return *root;
}

// The first folder is the tenant's: a key of one tenant never reaches another's files.
Result<void> allowed(Task& task, std::string_view path) {
  const script::Scope& scope = task.scope();
  if (!scope.known) return Error{base::Code::denied, "files: the task has no scope"};
  if (scope.everything) return {};
  if (!scope.tenant.empty() && path.substr(0, path.find('/')) == scope.tenant) return {};
  return Error{base::Code::denied, "not a file of this tenant: " + std::string(path.substr(0, 200))};
}

// Runs `job` on the worker and resumes the task with what `push` makes of its result.
template <typename Job, typename PushResult>
int in_worker(lua_State* L, Task& task, Job job, PushResult push) {
  Services& lane = services(L);
  auto resume = task.resumer();
  return task.suspend(lane.worker->run(
      *lane.loop, std::move(job), [resume, push](std::invoke_result_t<Job&> result) {
        resume([result = std::move(result), push](lua_State* co) mutable { return push(co, result); });
      }));
}

int push_info(lua_State* L, const rooted::Info& info) {
  lua_createtable(L, 0, 4);
  script::set_field(L, "kind", info.kind == rooted::Kind::folder ? "folder" : "file");
  script::set_field(L, "size", static_cast<double>(info.size));
  script::set_field(L, "modified", info.modified);
  return 1;
}

// An absent file is an answer, not an error.
int push_failure(lua_State* L, const Error& error) {
  if (error.code != base::Code::not_found) return script::push_error(L, error);
  lua_pushnil(L);
  return 1;
}

}  // namespace

static int files_open(lua_State* L) {
  Task& task = Task::require(L, "files.open");
  const bool is_public = args::string(L, 1) == public_root;
  const std::string& root = is_public ? services(L).pages : root_argument(L);
  std::string path(args::string(L, 2));
  if (!is_public) {
    if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  }
  auto job = [root, path]() -> Result<OpenFile> {
    TRY(http::FileBody body, rooted::open(root, path));
    return OpenFile(body);
  };
  return in_worker(L, task, std::move(job), [](lua_State* co, Result<OpenFile>& file) {
    if (!file) return push_failure(co, file.error());
    return script::push_body(co, std::exchange(file->body, {}));
  });
}

static int files_stat(lua_State* L) {
  Task& task = Task::require(L, "files.stat");
  const std::string& root = root_argument(L);
  std::string path(args::string(L, 2));
  if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  return in_worker(L, task, [root, path] { return rooted::stat(root, path); },
                   [](lua_State* co, Result<rooted::Info>& info) {
                     if (!info) return push_failure(co, info.error());
                     return push_info(co, *info);
                   });
}

static int push_entries(lua_State* L, Result<std::vector<rooted::Entry>>& entries) {
  if (!entries && entries.error().code != base::Code::not_found) {
    return script::push_error(L, entries.error());
  }
  lua_newtable(L);
  if (!entries) return 1;
  int count = 0;
  for (const rooted::Entry& entry : *entries) {
    push_info(L, entry.info);
    script::set_field(L, "name", std::string_view(entry.name));
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static int files_list(lua_State* L) {
  Task& task = Task::require(L, "files.list");
  const std::string& root = root_argument(L);
  std::string path(args::string(L, 2));
  if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  return in_worker(L, task, [root, path] { return rooted::list(root, path); }, push_entries);
}

static std::size_t max_argument(lua_State* L, int index) {
  double max = args::number(L, index, static_cast<double>(default_read));
  if (max < 0 || max > largest_read) luaL_argerror(L, index, "at most 64 MiB");
  return static_cast<std::size_t>(max);
}

static int push_bytes(lua_State* L, Result<std::string>& bytes) {
  if (!bytes) return script::push_error(L, bytes.error());
  return script::push_string(L, *bytes);
}

static int files_read(lua_State* L) {
  Task& task = Task::require(L, "files.read");
  const std::string& root = root_argument(L);
  std::string path(args::string(L, 2));
  std::size_t max = max_argument(L, 3);
  if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  return in_worker(L, task, [root, path, max] { return rooted::read(root, path, max); }, push_bytes);
}

static int push_done(lua_State* L, Result<void>& done) { return script::push_outcome(L, done); }

static int files_write(lua_State* L) {
  Task& task = Task::require(L, "files.write");
  const std::string& root = root_argument(L);
  std::string path(args::string(L, 2));
  std::string_view given = args::string(L, 3);
  if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  auto job = [root, path, bytes = std::string(given)] { return rooted::write(root, path, bytes); };
  return in_worker(L, task, std::move(job), push_done);
}

static int files_move(lua_State* L) {
  Task& task = Task::require(L, "files.move");
  const std::string& root = root_argument(L);
  std::string from(args::string(L, 2));
  std::string to(args::string(L, 3));
  for (const std::string& path : {from, to}) {
    if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  }
  return in_worker(L, task, [root, from, to] { return rooted::move(root, from, to); }, push_done);
}

static int files_remove(lua_State* L) {
  Task& task = Task::require(L, "files.remove");
  const std::string& root = root_argument(L);
  std::string path(args::string(L, 2));
  if (auto fine = allowed(task, path); !fine) return script::push_error(L, fine.error());
  return in_worker(L, task, [root, path] { return rooted::remove(root, path); }, push_done);
}

static void push_cell(lua_State* L, const store::Cell& cell) {
  switch (cell.kind) {
    case store::Kind::null: lua_pushnil(L); return;
    case store::Kind::integer: lua_pushnumber(L, static_cast<double>(cell.integer)); return;
    case store::Kind::real: lua_pushnumber(L, cell.real); return;
    case store::Kind::text:
    case store::Kind::blob: script::push_string(L, cell.text); return;
  }
}

static int push_records(lua_State* L, Result<store::Rows>& rows) {
  if (!rows) return script::push_error(L, rows.error());
  lua_createtable(L, static_cast<int>(rows->size()), 0);
  for (std::size_t row = 0; row < rows->size(); ++row) {
    lua_createtable(L, 0, static_cast<int>(rows->width()));
    for (std::size_t column = 0; column < rows->width(); ++column) {
      push_cell(L, rows->cell(row, column));
      lua_setfield(L, -2, rows->columns()[column].c_str());
    }
    lua_rawseti(L, -2, static_cast<int>(row + 1));
  }
  return 1;
}

static int files_call_records(lua_State* L) {
  Task& task = Task::require(L, "files.call_records");
  long long after = args::integer(L, 1, 0);
  long long limit = std::clamp(args::integer(L, 2, 500), 1LL, 10'000LL);
  if (!task.scope().known || !task.scope().everything) {
    return script::push_error(L, {base::Code::denied, "call records: of all tenants only"});
  }
  std::string path = services(L).call_records;
  if (path.empty()) return script::push_error(L, base::unavailable("call records: no file configured"));
  return in_worker(L, task, [path, after, limit] {
    return store::call_records(path, after, static_cast<int>(limit));
  }, push_records);
}

static int files_call_records_name(lua_State* L) { return script::push_string(L, services(L).call_records_name); }

static Result<std::string> read_upload(const std::string& path, std::size_t max) {
  std::string_view name = std::string_view(path).substr(path.rfind('/') + 1);
  if (!name.starts_with(upload_prefix)) return base::invalid("part: not an upload");
  int file = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  OpenFile owner(http::FileBody{.descriptor = file, .size = 0, .modified = 0});
  struct stat status {};
  if (file < 0 || ::fstat(file, &status) != 0) return base::not_found("part: its file is gone");
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid()) {
    return base::invalid("part: not an upload");
  }
  if (static_cast<std::size_t>(status.st_size) > max) {
    return base::invalid("part: larger than " + std::to_string(max) + " bytes");
  }
  std::string bytes(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    ssize_t got = ::read(file, bytes.data() + filled, bytes.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return base::unavailable("part: cannot be read");
    filled += static_cast<std::size_t>(got);
  }
  return bytes;
}

static int files_part(lua_State* L) {
  Task& task = Task::require(L, "files.part");
  args::table(L, 1);
  std::size_t max = max_argument(L, 2);
  if (auto data = args::field_string(L, 1, "data")) {
    if (data->size() <= max) return script::push_string(L, *data);
    return script::push_error(
        L, base::invalid("part: larger than " + std::to_string(max) + " bytes"));
  }
  auto path = args::field_string(L, 1, "path");
  if (!path) return luaL_argerror(L, 1, "not an item of req.parts");
  return in_worker(L, task, [path = *path, max] { return read_upload(path, max); }, push_bytes);
}

static int files_type(lua_State* L) { return script::push_string(L, rooted::type(args::string(L, 1))); }

void open_files(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"open", files_open},
                                           {"stat", files_stat},
                                           {"list", files_list},
                                           {"read", files_read},
                                           {"write", files_write},
                                           {"move", files_move},
                                           {"remove", files_remove},
                                           {"call_records", files_call_records},
                                           {"call_records_name", files_call_records_name},
                                           {"part", files_part},
                                           {"type", files_type},
                                           {nullptr, nullptr}};
  open_module(L, "files", functions);
}

}  // namespace host::bind
