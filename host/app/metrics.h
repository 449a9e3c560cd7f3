// Counters of one lane, written on its thread and read from any: one short lock each.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace host::app {

struct RouteCounters {
  // Upper bounds in seconds; the last bucket is +Inf.
  static constexpr std::array<double, 11> bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                                    0.05,   0.1,   0.5,    1,     5};
  std::uint64_t count = 0;
  std::uint64_t client_errors = 0;  // 4xx
  std::uint64_t server_errors = 0;  // 5xx
  std::uint64_t aborted = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  std::array<std::uint64_t, bounds.size() + 1> buckets{};

  void add(const RouteCounters& other) noexcept;
};

class Metrics {
 public:
  void request(std::string_view route, int status, std::uint64_t duration_ns, std::uint64_t bytes,
               bool aborted);
  std::map<std::string, RouteCounters, std::less<>> routes() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, RouteCounters, std::less<>> routes_;
};

// Prometheus text: `name{labels} value` lines with their HELP and TYPE.
class MetricsText {
 public:
  void family(std::string_view name, std::string_view type, std::string_view help);
  void sample(std::string_view name, std::string_view labels, double value);
  void routes(const std::map<std::string, RouteCounters, std::less<>>& all);
  std::string take() { return std::move(text_); }

  static std::string label(std::string_view name, std::string_view value);  // name="escaped"

 private:
  std::string text_;
};

}  // namespace host::app
