#include "app/helpers.h"

namespace host::app {

std::shared_ptr<script::MachineHelpers> make_helpers(const base::Config& config) {
  return std::make_shared<script::MachineHelpers>(script::HelperSettings{
      config.helpers.commands, static_cast<std::uint64_t>(config.helpers.seconds * 1000), config.helpers.output_kb << 10,
      config.helpers.at_once});
}

void add_helper_metrics(MetricsText& text, const script::MachineHelpers& helpers) {
  auto counters = helpers.counters();
  text.family("patchbay_helpers_running", "gauge", "Helpers of the operator that run now.");
  text.sample("patchbay_helpers_running", "", counters.running);
  text.family("patchbay_helpers_total", "counter", "Helpers that were asked for, by what came of it.");
  auto sample = [&](const char* outcome, std::uint64_t count) {
    text.sample("patchbay_helpers_total", MetricsText::label("outcome", outcome), static_cast<double>(count));
  };
  sample("done", counters.ended);
  sample("failed", counters.failed);
  sample("timeout", counters.timeout);
  sample("gone", counters.gone);
  sample("full", counters.full);
  text.family("patchbay_helpers_cut_total", "counter", "Helpers that said more than is kept.");
  text.sample("patchbay_helpers_cut_total", "", static_cast<double>(counters.cut));
}

}  // namespace host::app
