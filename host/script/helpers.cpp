#include "script/helpers.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "loop/loop.h"

namespace host::script {

using base::Result;
using loop::Ended;

// Somebody waits for the helper; told apart from one that was given up.
struct MachineHelpers::Run final : loop::Operation {
  Run(std::shared_ptr<MachineHelpers> owner, HelperCall asked) : helpers(std::move(owner)), call(std::move(asked)) {}
  ~Run() override {
    if (waits) helpers->gone(call);
  }
  std::shared_ptr<MachineHelpers> helpers;
  HelperCall call;
  bool waits = true;
  loop::Pending pending;
};

// One counts until its process is gone. Null: too many run.
std::shared_ptr<void> MachineHelpers::enter() {
  std::lock_guard lock(mutex_);
  if (counters_.running >= settings_.at_once) {
    ++counters_.full;
    if (auto times = full_told_.times()) base::log::warn("helper", "too many helpers run at once", {{"times", times}});
    return nullptr;
  }
  ++counters_.running;
  return {this, [self = shared_from_this()](void*) {
            std::lock_guard leaving(self->mutex_);
            --self->counters_.running;
          }};
}

loop::Pending MachineHelpers::run(loop::Loop& loop, HelperCall call, Done done) {
  auto refuse = [&](base::Error error) {
    return loop.later([done = std::move(done), error = std::move(error)]() mutable { done(std::move(error)); });
  };
  auto command = settings_.commands.find(call.name);
  if (command == settings_.commands.end()) return refuse(base::not_found("the operator named no such helper"));
  std::shared_ptr<void> place = enter();
  if (!place) return refuse(base::unavailable("too many helpers run"));
  loop::Command run;
  run.argv = command->second;
  run.argv.insert(run.argv.end(), call.args.begin(), call.args.end());
  run.input = std::move(call.input);
  run.timeout_ms = std::max<std::uint64_t>(std::min(settings_.timeout_ms, call.remaining_ms), 1);
  run.output_bytes = settings_.output_bytes;
  auto waiting = std::make_unique<Run>(shared_from_this(), std::move(call));
  Run* it = waiting.get();
  std::uint64_t started = loop.now_ms();
  it->pending = loop::run_process(
      loop, std::move(run),
      [it, &loop, started, done = std::move(done)](Result<Ended> result) mutable {
        it->waits = false;
        it->helpers->ended(it->call, loop.now_ms() - started, result);
        done(std::move(result));  // may destroy *it
      },
      std::move(place));
  return loop::Pending(std::move(waiting));
}

// Never with arguments, input or output: they may be secrets.
void MachineHelpers::ended(const HelperCall& call, std::uint64_t took_ms, const Result<Ended>& result) {
  {
    std::lock_guard lock(mutex_);
    if (result) {
      ++(result->code == 0 ? counters_.ended : counters_.failed);
      if (result->cut) ++counters_.cut;
    } else {
      ++(result.error().code == base::Code::timeout ? counters_.timeout : counters_.failed);
    }
  }
  if (!result) {
    base::log::warn("helper", result.error().code == base::Code::timeout ? "a helper took too long" : "a helper cannot be started",
                    {{"name", call.name}, {"ms", took_ms}, {"request", call.request}, {"reason", result.error().message}});
    return;
  }
  base::log::info("helper", "ended", {{"name", call.name}, {"code", result->code}, {"ms", took_ms}, {"request", call.request}});
  if (result->cut) {
    base::log::warn("helper", "a helper said more than helpers.output_kb", {{"name", call.name}, {"request", call.request}});
  }
}

void MachineHelpers::gone(const HelperCall& call) {
  std::lock_guard lock(mutex_);
  ++counters_.gone;
  base::log::info("helper", "killed: nobody waits for it any more", {{"name", call.name}, {"request", call.request}});
}

MachineHelpers::Counters MachineHelpers::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace host::script
