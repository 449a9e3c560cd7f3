// What the supervisor shows of the host: status and routes for the command line, its own pages.
#include "app/supervisor.h"

#include <fmt/format.h>

#include "codec/quoted.h"

namespace host::app {

using codec::json::quoted;

std::string Supervisor::status_json() {
  auto store = outside_.store_check();
  std::string nodes = outside_.nodes_json();
  std::lock_guard lock(mutex_);
  std::string out = fmt::format(
      "{{\"status\":\"ok\",\"version\":{},\"started\":{:.3f},\"generation\":{},\"loaded\":{:.3f},"
      "\"reloads\":{},\"failed_reloads\":{},",
      quoted(version_), started_, generation_, loaded_, reloads_, failed_reloads_);
  out += "\"last_script_error\":";
  out += last_error_.empty()
             ? "null"
             : fmt::format("{{\"message\":{},\"at\":{:.3f}}}", quoted(last_error_), last_error_at_);
  out += ",\"set_aside\":[";
  for (std::size_t i = 0; i < scripts_->aside.size(); ++i) {
    const script::SetAside& it = scripts_->aside[i];
    out += fmt::format("{}{{\"script\":{},\"file\":{},\"message\":{}}}", i ? "," : "", quoted(it.name), quoted(it.file), quoted(it.message));
  }
  out += "],\"store\":{\"state\":";
  out += store ? "\"up\"" : "\"down\",\"error\":" + quoted(store.error().message);
  out += "},\"pbx\":" + nodes + ",\"listen\":[";
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    out += (i ? "," : "") + quoted(addresses_[i]);
  }
  out += "],\"lanes\":[";
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane::Status lane = lanes_[i]->status();
    out += fmt::format(
        "{}{{\"lane\":{},\"generation\":{},\"connections\":{},\"tasks\":{},\"draining\":{},"
        "\"lua_bytes\":{},\"requests\":{}}}",
        i ? "," : "", i, lane.generation, lane.connections, lane.tasks, lane.draining,
        lane.lua_bytes, lane.requests);
  }
  return out + "],\"jobs\":" + jobs_.json() + "}";
}

std::string Supervisor::routes_json() {
  std::string out = "{\"ok\":true,\"routes\":[";
  bool first = true;
  for (const script::RouteInfo& route : catalog_.routes) {
    out += first ? "{" : ",{";
    first = false;
    out += "\"surface\":" + quoted(route.surface) + ",\"title\":" + quoted(route.title) + ",\"file\":" + quoted(route.file) +
           ",\"label\":" + quoted(route.label) + ",\"call\":" +
           quoted(route.method.empty() ? route.path : route.method + " " + route.path) +
           ",\"access\":" + quoted(route.access) + ",\"summary\":" + quoted(route.summary) + ",\"from\":" + quoted(route.from) + "}";
  }
  out += "],\"overrides\":[";
  first = true;
  for (const auto& [name, script] : catalog_.scripts->scripts) {
    if (!script.below) continue;
    out += fmt::format("{}{{\"script\":{},\"file\":{},\"instead_of\":{}}}", first ? "" : ",", quoted(name), quoted(script.file),
                       quoted(script.below->file));
    first = false;
  }
  return out + "],\"jobs\":" + jobs_.json() + "}";
}

std::string Supervisor::metrics_text() {
  MetricsText text;
  text.routes(route_counters());
  text.family("patchbay_lane_connections", "gauge", "Open connections of a lane.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_connections", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().connections));
  }
  text.family("patchbay_lane_tasks", "gauge", "Running tasks of a lane's current generation.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_tasks", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().tasks));
  }
  text.family("patchbay_lane_lua_bytes", "gauge", "Memory of a lane's current Lua state.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_lua_bytes", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().lua_bytes));
  }
  text.family("patchbay_lane_draining_generations", "gauge", "Old generations with tasks left.");
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    text.sample("patchbay_lane_draining_generations", MetricsText::label("lane", std::to_string(i)),
                static_cast<double>(lanes_[i]->status().draining));
  }
  {
    std::lock_guard lock(mutex_);
    text.family("patchbay_generation", "gauge", "Number of the generation that serves.");
    text.sample("patchbay_generation", "", static_cast<double>(generation_));
    text.family("patchbay_reloads_total", "counter", "Reloads by outcome.");
    text.sample("patchbay_reloads_total", "outcome=\"ok\"", static_cast<double>(reloads_));
    text.sample("patchbay_reloads_total", "outcome=\"failed\"",
                static_cast<double>(failed_reloads_));
    text.family("patchbay_scripts_set_aside", "gauge", "Script files that do not load and are not served.");
    text.sample("patchbay_scripts_set_aside", "", static_cast<double>(scripts_->aside.size()));
  }
  jobs_.metrics(text);
  outside_.metrics(text);
  return text.take();
}

// Whether this host can do its work: for a balancer in front of it.
http::Response Supervisor::readiness(bool with_reasons) {
  std::string missing;
  auto lacks = [&](const char* what, const std::string& why) { missing += (missing.empty() ? "" : ",") + quoted(what + (": " + why)); };
  if (auto store = outside_.store_check(); !store) lacks("store", store.error().message);
  if (auto nodes = outside_.nodes_check(); !nodes) lacks("pbx", nodes.error().message);
  {
    std::lock_guard lock(mutex_);
    if (scripts_->scripts.empty()) lacks("scripts", "none is served");
  }
  if (leaving_) lacks("host", "it ends");
  http::Response response;
  response.route = "host/readyz";
  response.status = missing.empty() ? 200 : 503;
  response.set("Cache-Control", "no-store").set("Content-Type", "application/json; charset=utf-8");
  std::string text = missing.empty() ? "{\"status\":\"ready\"" : "{\"status\":\"not ready\"";
  if (!missing.empty() && with_reasons) text += ",\"missing\":[" + missing + "]";
  response.body = text + "}\n";
  return response;
}

std::optional<http::Response> Supervisor::own_page(const http::Request& request) {
  bool health = request.path == "/healthz", ready = request.path == "/readyz";
  if (!health && !ready && request.path != "/metrics") return std::nullopt;
  http::Response response;
  response.route = "host" + request.path;
  if (request.method != "GET" && request.method != "HEAD") {
    response.status = 405;
    response.set("Allow", "GET, HEAD").set("Content-Type", "text/plain; charset=utf-8");
    response.body = std::string("method not allowed\n");
    return response;
  }
  bool trusted = request.peer == "unix" || status_from_.contains(request.peer);
  if (ready) return readiness(trusted);
  response.set("Cache-Control", "no-store");
  if (!trusted) {
    if (health) {
      response.set("Content-Type", "application/json; charset=utf-8");
      response.body = std::string("{\"status\":\"ok\"}\n");
    } else {
      response.status = 403;
      response.set("Content-Type", "text/plain; charset=utf-8");
      response.body = std::string("not for this address (http.status_from)\n");
    }
    return response;
  }
  if (health) {
    response.set("Content-Type", "application/json; charset=utf-8");
    response.body = status_json() + "\n";
  } else {
    response.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    response.body = metrics_text();
  }
  return response;
}

}  // namespace host::app
