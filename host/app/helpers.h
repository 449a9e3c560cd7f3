// [helpers] of the configuration as what scripts see, and its samples at /metrics.
#pragma once

#include <memory>

#include "app/metrics.h"
#include "base/config.h"
#include "script/helpers.h"

namespace host::app {

std::shared_ptr<script::MachineHelpers> make_helpers(const base::Config& config);
void add_helper_metrics(MetricsText& text, const script::MachineHelpers& helpers);

}  // namespace host::app
