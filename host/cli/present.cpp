#include "cli/present.h"

#include <fmt/format.h>

#include <ctime>
#include <map>
#include <vector>

#include "codec/json.h"

namespace host::cli {

using base::Result;

namespace {

// Every scalar of the document under its path: "pbx.0.state" -> "up".
class Flat final : public codec::json::Handler {
 public:
  void null() override { put(""); }
  void boolean(bool value) override { put(value ? "true" : "false"); }
  void number(double value) override { put(fmt::format("{}", value)); }
  void string(std::string_view text) override { put(std::string(text)); }
  void begin_array() override { open(true); }
  void end_array() override { close(); }
  void begin_object() override { open(false); }
  void key(std::string_view name) override { levels_.back().label = name; }
  void end_object() override { close(); }

  std::string at(const std::string& path) const {
    auto found = values_.find(path);
    return found == values_.end() ? std::string() : found->second;
  }
  bool has(const std::string& path) const { return values_.count(path) > 0; }

 private:
  struct Level {
    bool array = false;
    int next = 0;
    std::string label;
  };

  void open(bool array) {
    step();
    levels_.push_back({array, 0, {}});
  }
  void close() { levels_.pop_back(); }
  void step() {
    if (!levels_.empty() && levels_.back().array) {
      levels_.back().label = std::to_string(levels_.back().next++);
    }
  }
  void put(std::string value) {
    step();
    std::string path;
    for (const Level& level : levels_) path += (path.empty() ? "" : ".") + level.label;
    values_[path] = std::move(value);
  }

  std::vector<Level> levels_;
  std::map<std::string, std::string> values_;
};

std::string clock_text(const std::string& epoch) {
  std::time_t time = static_cast<std::time_t>(std::strtod(epoch.c_str(), nullptr));
  std::tm parts{};
  localtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

// " every 60 s, on DeviceStateChange"
std::string when_text(const Flat& flat, const std::string& job) {
  std::string out;
  if (flat.at(job + "every") != "0") out += " every " + flat.at(job + "every") + " s";
  for (int i = 0; flat.has(fmt::format("{}on.{}", job, i)); ++i) {
    out += (i > 0 ? ", " : out.empty() ? " on " : ", on ") + flat.at(fmt::format("{}on.{}", job, i));
  }
  return out;
}

std::string job_text(const Flat& flat, const std::string& job) {
  std::string out = fmt::format("job         {} {}: {} runs, {} failed", flat.at(job + "job"), flat.at(job + "state"),
                                flat.at(job + "runs"), flat.at(job + "failures"));
  if (!flat.at(job + "host").empty()) out += ", run by " + flat.at(job + "host");
  if (flat.at(job + "events_waiting") != "0") out += fmt::format(", {} events wait", flat.at(job + "events_waiting"));
  if (flat.at(job + "events_lost") != "0") out += fmt::format(", {} events lost", flat.at(job + "events_lost"));
  if (flat.at(job + "state") == "failing") {
    out += fmt::format("; {} ({}), next try {}", flat.at(job + "last_error.message"), clock_text(flat.at(job + "last_error.at")),
                       clock_text(flat.at(job + "next_run")));
  }
  return out + "\n";
}

std::string status_text(const Flat& flat) {
  std::string out = fmt::format("patchbay {}, up since {}\n", flat.at("version"), clock_text(flat.at("started")));
  for (int i = 0; flat.has(fmt::format("listen.{}", i)); ++i) {
    out += "listening   " + flat.at(fmt::format("listen.{}", i)) + "\n";
  }
  out += fmt::format("scripts     generation {}, loaded {}\n", flat.at("generation"), clock_text(flat.at("loaded")));
  for (int i = 0; flat.has(fmt::format("set_aside.{}.script", i)); ++i) {
    out += fmt::format("set aside   {}: {}\n", flat.at(fmt::format("set_aside.{}.file", i)), flat.at(fmt::format("set_aside.{}.message", i)));
  }
  if (flat.has("last_script_error.message")) {
    out += fmt::format("not loaded  {} ({})\n", flat.at("last_script_error.message"),
                       clock_text(flat.at("last_script_error.at")));
  }
  out += "store       " + flat.at("store.state");
  out += flat.has("store.error") ? " " + flat.at("store.error") + "\n" : "\n";
  for (int i = 0; flat.has(fmt::format("pbx.{}.node", i)); ++i) {
    std::string error = flat.at(fmt::format("pbx.{}.error", i));
    out += fmt::format("pbx         {} {}{}\n", flat.at(fmt::format("pbx.{}.node", i)),
                       flat.at(fmt::format("pbx.{}.state", i)), error.empty() ? "" : ": " + error);
  }
  for (int i = 0; flat.has(fmt::format("lanes.{}.lane", i)); ++i) {
    std::string lane = fmt::format("lanes.{}.", i);
    out += fmt::format("lane {}      {} connections, {} tasks, {} requests, {} KiB of Lua\n", i,
                       flat.at(lane + "connections"), flat.at(lane + "tasks"), flat.at(lane + "requests"),
                       std::strtoull(flat.at(lane + "lua_bytes").c_str(), nullptr, 10) / 1024);
  }
  for (int i = 0; flat.has(fmt::format("jobs.{}.job", i)); ++i) out += job_text(flat, fmt::format("jobs.{}.", i));
  return out;
}

std::string routes_text(const Flat& flat) {
  std::string out;
  for (int i = 0; flat.has(fmt::format("routes.{}.file", i)); ++i) {
    std::string route = fmt::format("routes.{}.", i);
    out += fmt::format("{:<12} {:<7} {:<56} {}\n", flat.at(route + "surface"), flat.at(route + "access"),
                       flat.at(route + "call"), flat.at(route + "file"));
  }
  for (int i = 0; flat.has(fmt::format("jobs.{}.job", i)); ++i) {
    std::string job = fmt::format("jobs.{}.", i);
    out += fmt::format("{:<12} {:<7} {:<56} {}\n", "job", "-", flat.at(job + "job") + when_text(flat, job), flat.at(job + "file"));
  }
  for (int i = 0; flat.has(fmt::format("overrides.{}.script", i)); ++i) {
    std::string it = fmt::format("overrides.{}.", i);
    out += fmt::format("{:<12} {:<7} {:<56} {}\n", "override", "-", flat.at(it + "file"), "instead of " + flat.at(it + "instead_of"));
  }
  return out;
}

}  // namespace

Result<std::string> present(std::string_view command, std::string_view answer) {
  Flat flat;
  TRY_VOID(codec::json::parse(answer, flat));
  if (flat.at("ok") == "false") return "patchbay: " + flat.at("error") + "\n";
  if (command == "status") return status_text(flat);
  if (command == "routes") return routes_text(flat);
  std::string out = fmt::format("generation {} serves\n", flat.at("generation"));
  auto list = [&](const char* title, const std::string& name) {
    std::string names;
    for (int i = 0; flat.has(fmt::format("{}.{}", name, i)); ++i) names += " " + flat.at(fmt::format("{}.{}", name, i));
    if (!names.empty()) out += title + names + "\n";
  };
  list("applied        ", "applied");
  list("needs a restart", "needs_restart");
  return out;
}

}  // namespace host::cli
