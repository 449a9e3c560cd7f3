// A child process without a shell: argv as given, "/" as folder, an environment of two variables, no descriptor of ours
// but its own input and output, and a session of its own. Input is whole before it starts, output is read as it comes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::loop {

struct Command {
  std::vector<std::string> argv;  // the first is an absolute path
  std::string input;
  std::uint64_t timeout_ms = 0;
  std::size_t output_bytes = 0;  // of both outputs together; the rest is read and thrown away
};

struct Ended {
  int code = 0;  // as shells have it: 128 and the signal's number when one ended it
  std::string out, err;
  bool cut = false;  // there was more output
};

// Errors: `unavailable` it cannot be started; `timeout`. Then, and when the Pending is dropped, its process group is
// killed; what it leaves behind in its group is killed when it ends. `kept` goes when the child is gone for good.
Pending run_process(Loop& loop, Command command, base::Function<void(base::Result<Ended>)> done,
                    std::shared_ptr<void> kept = nullptr);

}  // namespace host::loop
