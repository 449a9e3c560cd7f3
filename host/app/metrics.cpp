#include "app/metrics.h"

#include <fmt/format.h>

#include <iterator>

namespace host::app {

void RouteCounters::add(const RouteCounters& other) noexcept {
  count += other.count;
  client_errors += other.client_errors;
  server_errors += other.server_errors;
  aborted += other.aborted;
  bytes += other.bytes;
  seconds += other.seconds;
  for (std::size_t i = 0; i < buckets.size(); ++i) buckets[i] += other.buckets[i];
}

void Metrics::request(std::string_view route, int status, std::uint64_t duration_ns,
                      std::uint64_t bytes, bool aborted) {
  double seconds = static_cast<double>(duration_ns) / 1e9;
  std::size_t bucket = 0;
  while (bucket < RouteCounters::bounds.size() && seconds > RouteCounters::bounds[bucket]) ++bucket;
  std::lock_guard lock(mutex_);
  auto found = routes_.find(route);
  if (found == routes_.end()) found = routes_.emplace(std::string(route), RouteCounters{}).first;
  RouteCounters& counters = found->second;
  ++counters.count;
  if (status >= 500) {
    ++counters.server_errors;
  } else if (status >= 400) {
    ++counters.client_errors;
  }
  if (aborted) ++counters.aborted;
  counters.bytes += bytes;
  counters.seconds += seconds;
  ++counters.buckets[bucket];
}

std::map<std::string, RouteCounters, std::less<>> Metrics::routes() const {
  std::lock_guard lock(mutex_);
  return routes_;
}

void MetricsText::family(std::string_view name, std::string_view type, std::string_view help) {
  fmt::format_to(std::back_inserter(text_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void MetricsText::sample(std::string_view name, std::string_view labels, double value) {
  if (labels.empty()) {
    fmt::format_to(std::back_inserter(text_), "{} {}\n", name, value);
  } else {
    fmt::format_to(std::back_inserter(text_), "{}{{{}}} {}\n", name, labels, value);
  }
}

std::string MetricsText::label(std::string_view name, std::string_view value) {
  std::string out(name);
  out += "=\"";
  for (char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  out += '"';
  return out;
}

void MetricsText::routes(const std::map<std::string, RouteCounters, std::less<>>& all) {
  family("patchbay_requests_total", "counter", "Requests answered, by route and class of status.");
  for (const auto& [route, counters] : all) {
    std::string name = label("route", route);
    std::uint64_t good = counters.count - counters.client_errors - counters.server_errors;
    sample("patchbay_requests_total", name + ",class=\"ok\"", static_cast<double>(good));
    sample("patchbay_requests_total", name + ",class=\"client_error\"",
           static_cast<double>(counters.client_errors));
    sample("patchbay_requests_total", name + ",class=\"server_error\"",
           static_cast<double>(counters.server_errors));
  }
  family("patchbay_requests_aborted_total", "counter", "Requests whose client went away first.");
  for (const auto& [route, counters] : all) {
    sample("patchbay_requests_aborted_total", label("route", route),
           static_cast<double>(counters.aborted));
  }
  family("patchbay_response_bytes_total", "counter", "Bytes of answers, heads included.");
  for (const auto& [route, counters] : all) {
    sample("patchbay_response_bytes_total", label("route", route),
           static_cast<double>(counters.bytes));
  }
  family("patchbay_request_seconds", "histogram", "Time from the request's head to its last byte.");
  for (const auto& [route, counters] : all) {
    std::string name = label("route", route);
    std::uint64_t below = 0;
    for (std::size_t i = 0; i < counters.buckets.size(); ++i) {
      below += counters.buckets[i];
      bool last = i == RouteCounters::bounds.size();
      std::string bound = last ? "+Inf" : fmt::format("{}", RouteCounters::bounds[i]);
      sample("patchbay_request_seconds_bucket", name + ",le=\"" + bound + "\"",
             static_cast<double>(below));
    }
    sample("patchbay_request_seconds_sum", name, counters.seconds);
    sample("patchbay_request_seconds_count", name, static_cast<double>(counters.count));
  }
}

}  // namespace host::app
