// The admin socket: one line in, one line of JSON out, over a unix socket that only the
// owner and the group may open, or whoever the configuration says. The command line's reload, status and routes speak it.
#pragma once

#include <memory>
#include <string>

#include "base/config.h"
#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/tcp.h"

namespace host::app {

class AdminServer {
 public:
  // `command` is the line's text; `reply` is called once with one line of JSON.
  using Reply = base::Function<void(std::string)>;
  using Handler = base::Function<void(std::string command, Reply reply)>;

  static base::Result<std::unique_ptr<AdminServer>> open(loop::Loop& loop, const std::string& path,
                                                         Handler handler);
  ~AdminServer();

 private:
  struct State;
  explicit AdminServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

// Where a host of this configuration opens it: as configured, else in the first folder that can be written
// to of /run/patchbay, $XDG_RUNTIME_DIR and the store's own.
std::string admin_place(const base::Config& config);
// Where one that runs has it.
std::string admin_place_of_host(const base::Config& config);

// One question from the command line, blocking; at most `seconds` for the answer.
base::Result<std::string> ask_admin(const std::string& path, const std::string& command,
                                    int seconds);

}  // namespace host::app
