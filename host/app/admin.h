// The admin socket: one line in, one line of JSON out, over a unix socket that only the
// owner and the group may open. The command line's reload, status and routes speak it.
#pragma once

#include <memory>
#include <string>

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

// One question from the command line, blocking; at most `seconds` for the answer.
base::Result<std::string> ask_admin(const std::string& path, const std::string& command,
                                    int seconds);

}  // namespace host::app
