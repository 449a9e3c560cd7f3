// What the services of a host show at /metrics, each with what its bounds have refused.
#pragma once

#include "app/metrics.h"
#include "app/serve.h"
#include "http/ledger.h"
#include "script/generation.h"

namespace host::app {

void add_service_metrics(MetricsText& text, const Shared& shared, const http::Ledger& ledger, const script::Stops& stops);

}  // namespace host::app
