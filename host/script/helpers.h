// Helpers: programs that the operator allows scripts to run, by name. All lanes share them: so many run at once, each
// for so long, with so much output. Thread-safe; outlives the lanes.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "base/seldom.h"
#include "loop/pending.h"
#include "loop/process.h"

namespace host::script {

struct HelperCall {
  std::string name;
  std::vector<std::string> args;  // after those of the operator; without NUL
  std::string input;
  std::uint64_t remaining_ms = 0;  // of who asks
  std::string request;             // its id, for the log
};

// What scripts see; a test has its own.
class Helpers {
 public:
  using Done = base::Function<void(base::Result<loop::Ended>)>;
  virtual ~Helpers() = default;
  virtual bool named(std::string_view name) const = 0;
  // Errors: `not_found` no helper of this name; `timeout`; `unavailable` too many run, or it cannot be started.
  virtual loop::Pending run(loop::Loop& loop, HelperCall call, Done done) = 0;
};

struct HelperSettings {
  std::map<std::string, std::vector<std::string>> commands;  // name to argv
  std::uint64_t timeout_ms = 20'000;
  std::size_t output_bytes = 64 << 10;
  unsigned at_once = 4;
};

class MachineHelpers final : public Helpers, public std::enable_shared_from_this<MachineHelpers> {
 public:
  struct Counters {
    unsigned running = 0;
    std::uint64_t ended = 0;    // with 0
    std::uint64_t failed = 0;   // with another code, or not started
    std::uint64_t timeout = 0;
    std::uint64_t gone = 0;     // killed because nobody waited any more
    std::uint64_t full = 0;     // too many ran
    std::uint64_t cut = 0;      // of those that ended: said more than is kept
  };

  explicit MachineHelpers(HelperSettings settings) : settings_(std::move(settings)) {}
  bool named(std::string_view name) const override { return settings_.commands.count(std::string(name)) > 0; }
  loop::Pending run(loop::Loop& loop, HelperCall call, Done done) override;
  Counters counters() const;

 private:
  struct Run;
  std::shared_ptr<void> enter();
  void ended(const HelperCall& call, std::uint64_t took_ms, const base::Result<loop::Ended>& result);
  void gone(const HelperCall& call);

  const HelperSettings settings_;
  mutable std::mutex mutex_;
  Counters counters_;
  base::Seldom full_told_;
};

}  // namespace host::script
