#include "app/serve.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>

#include "ami/hub.h"
#include "app/supervisor.h"
#include "base/log.h"
#include "codec/json.h"
#include "script/watchdog.h"
#include "store/migrate.h"
#include "store/store.h"

namespace host::app {

using base::Result;

std::string schema_folder(const base::Config& config) {
  if (!config.store.schema.empty()) return config.store.schema;
  for (const std::string& folder : config.scripts.paths) {
    std::string beside = (std::filesystem::path(folder).lexically_normal().parent_path() / "schema").string();
    // "scripts/" has an empty last component: its parent is the folder itself.
    if (folder.back() == '/') {
      beside = (std::filesystem::path(folder).lexically_normal().parent_path().parent_path() / "schema").string();
    }
    struct stat info {};
    if (::stat(beside.c_str(), &info) == 0 && S_ISDIR(info.st_mode)) return beside;
  }
  return "/usr/share/patchbay/schema";
}

static script::Limits script_limits(const base::Config& config) {
  script::Limits limits;
  limits.memory_bytes = config.scripts.memory_mb << 20;
  limits.request_ms = static_cast<std::uint64_t>(config.scripts.request_seconds * 1000);
  limits.budget_ms = config.scripts.budget_ms;
  return limits;
}

Result<std::size_t> check_scripts(const base::Config& config, OpenModules open_modules) {
  loop::Loop loop;
  loop::Deadlines deadlines(loop);
  script::Watchdog watchdog;
  TRY(script::ScriptSet scripts, script::read_scripts(config.scripts.paths));
  script::Setup setup;
  setup.loop = &loop;
  setup.deadlines = &deadlines;
  setup.limits = script_limits(config);
  setup.watchdog = &watchdog;
  setup.open_modules = open_modules;
  TRY(auto generation, script::Generation::build(scripts, 1, std::move(setup)));
  return generation->routes().size();
}

static std::string nodes_json(const ami::Hub& hub) {
  std::string out = "[";
  for (const ami::NodeStatus& node : hub.nodes()) {
    if (out.size() > 1) out += ',';
    std::string_view state = "down";
    if (node.state == ami::State::up) state = node.synced ? "up" : "syncing";
    if (node.state == ami::State::connecting) state = "connecting";
    out += "{\"node\":";
    codec::json::append_string(out, node.node);
    out += ",\"state\":";
    codec::json::append_string(out, state);
    out += fmt::format(",\"since\":{},\"error\":", node.since);
    if (node.error.empty()) {
      out += "null";
    } else {
      codec::json::append_string(out, node.error);
    }
    out += '}';
  }
  return out + "]";
}

static void add_store_metrics(MetricsText& text, const store::Counters& counters) {
  text.family("patchbay_store_reads_total", "counter", "Reads by where they ran.");
  text.sample("patchbay_store_reads_total", "where=\"lane\"", static_cast<double>(counters.reads_inline));
  text.sample("patchbay_store_reads_total", "where=\"thread\"", static_cast<double>(counters.reads_worker));
  text.family("patchbay_store_streams_total", "counter", "Streamed results.");
  text.sample("patchbay_store_streams_total", "", static_cast<double>(counters.streams));
  text.family("patchbay_store_transactions_total", "counter", "Transactions by outcome.");
  text.sample("patchbay_store_transactions_total", "outcome=\"committed\"", static_cast<double>(counters.transactions));
  text.sample("patchbay_store_transactions_total", "outcome=\"rolled_back\"", static_cast<double>(counters.rollbacks));
  text.family("patchbay_store_commits_total", "counter", "Commits to disk; transactions share them.");
  text.sample("patchbay_store_commits_total", "", static_cast<double>(counters.commits));
  text.family("patchbay_store_busy_total", "counter", "Times another process held the write lock.");
  text.sample("patchbay_store_busy_total", "", static_cast<double>(counters.busy));
}

static void add_node_metrics(MetricsText& text, const ami::Hub& hub) {
  auto nodes = hub.nodes();
  text.family("patchbay_pbx_up", "gauge", "1 while the node's manager connection is up.");
  for (const auto& node : nodes) {
    text.sample("patchbay_pbx_up", MetricsText::label("node", node.node), node.state == ami::State::up ? 1 : 0);
  }
  text.family("patchbay_pbx_events_total", "counter", "Manager events taken in.");
  for (const auto& node : nodes) {
    text.sample("patchbay_pbx_events_total", MetricsText::label("node", node.node), static_cast<double>(node.counters.events));
  }
  text.family("patchbay_pbx_actions_total", "counter", "Manager actions sent.");
  for (const auto& node : nodes) {
    text.sample("patchbay_pbx_actions_total", MetricsText::label("node", node.node), static_cast<double>(node.counters.actions));
  }
  text.family("patchbay_pbx_connects_total", "counter", "Logins that succeeded.");
  for (const auto& node : nodes) {
    text.sample("patchbay_pbx_connects_total", MetricsText::label("node", node.node), static_cast<double>(node.counters.connects));
  }
}

static std::vector<ami::NodeSettings> node_settings(const base::Config& config) {
  std::vector<ami::NodeSettings> nodes;
  for (const base::PbxNode& node : config.pbx) {
    ami::NodeSettings settings;
    settings.node = node.node;
    settings.host = node.host;
    settings.port = node.port;
    settings.username = node.username;
    settings.secret = node.secret;
    nodes.push_back(std::move(settings));
  }
  return nodes;
}

Result<void> serve(const base::Config& config, const std::string& version,
                   MakeServices make_services, OpenModules open_modules) {
  TRY(auto applied, store::migrate(config.store.url, schema_folder(config)));
  for (const std::string& file : applied) {
    base::log::info("store", "schema file applied", {{"file", file}});
  }
  TRY(auto database, store::open(config.store.url));

  loop::Loop loop;
  script::Watchdog watchdog;
  auto hub = std::make_unique<ami::Hub>(node_settings(config));
  Shared shared{*database, *hub, config};

  // A read once in a while tells whether the store answers; lanes look at the outcome only.
  auto store_down = std::make_shared<std::atomic<bool>>(false);
  auto reader = database->reader(loop);
  loop::Pending reading;
  loop::Timer store_timer(loop, [&] {
    reading = reader->query({"SELECT 1 FROM schema_migrations LIMIT 1", {}, {}}, {},
                            [store_down](Result<store::Rows> rows) { *store_down = !rows; });
  });
  store_timer.start(0, 2000);

  Outside outside;
  outside.nodes_json = [&hub] { return nodes_json(*hub); };
  outside.store_check = [store_down]() -> Result<void> {
    if (*store_down) return base::unavailable("the database does not answer");
    return {};
  };
  outside.metrics = [&hub, &database](MetricsText& text) {
    add_store_metrics(text, database->counters());
    add_node_metrics(text, *hub);
  };
  outside.subscribe = [&hub](loop::Loop& on, std::vector<std::string> names,
                             base::Function<void(std::string)> callback) {
    ami::EventFilter filter;
    filter.names = std::move(names);
    auto shared_callback = std::make_shared<base::Function<void(std::string)>>(std::move(callback));
    return hub->subscribe(on, std::move(filter),
                          [shared_callback](std::vector<ami::Event> events, std::uint64_t) {
                            for (const ami::Event& event : events) {
                              (*shared_callback)(std::string(event.packet->get("Event")));
                            }
                          });
  };

  loop::Deadlines check_deadlines(loop);
  script::Setup check;
  check.loop = &loop;
  check.deadlines = &check_deadlines;
  check.limits = script_limits(config);
  check.watchdog = &watchdog;
  check.open_modules = open_modules;
  auto supervisor = std::make_unique<Supervisor>(loop, config, version, std::move(outside), std::move(check));
  TRY(auto scripts, supervisor->first_scripts());

  std::vector<loop::Address> addresses;
  std::vector<int> unix_sockets;
  for (const std::string& text : config.http.listen) {
    TRY(loop::Address address, loop::Address::parse(text));
    if (address.path.empty()) {
      addresses.push_back(address);
    } else {
      TRY(int descriptor, loop::bind_unix(address.path));
      unix_sockets.push_back(descriptor);
    }
  }

  long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  int count = config.http.lanes > 0 ? config.http.lanes : static_cast<int>(cores < 1 ? 1 : cores);
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int index = 0; index < count; ++index) {
    LaneSettings settings;
    settings.index = index;
    settings.share_port = count > 1;
    settings.access_log = config.log.access;
    settings.listen = addresses;
    settings.unix_descriptors = unix_sockets;
    settings.limits.header_bytes = config.http.header_kb * 1024;
    settings.limits.body_bytes = config.http.body_mb << 20;
    settings.limits.connections = config.http.connections;
    settings.limits.header_ms = static_cast<std::uint64_t>(config.http.header_seconds * 1000);
    settings.limits.body_ms = static_cast<std::uint64_t>(config.http.body_seconds * 1000);
    settings.limits.idle_ms = static_cast<std::uint64_t>(config.http.idle_seconds * 1000);
    settings.limits.temporary_folder = config.files.temporary;
    settings.tls = {config.http.tls_certificate, config.http.tls_key};
    settings.script_limits = script_limits(config);
    settings.watchdog = &watchdog;
    settings.make_services = [&shared, make_services](loop::Loop& on, loop::Deadlines& deadlines) {
      return make_services(shared, on, deadlines);
    };
    settings.own_page = [supervisor = supervisor.get()](const http::Request& request) {
      return supervisor->own_page(request);
    };
    lanes.push_back(std::make_unique<Lane>(std::move(settings)));
  }

  hub->start();
  TRY_VOID(supervisor->start(std::move(lanes), std::move(scripts)));
  for (const std::string& address : supervisor->addresses()) {
    base::log::info("host", "listening", {{"address", address}, {"lanes", count}});
  }
  loop.run();
  for (int descriptor : unix_sockets) ::close(descriptor);
  for (const std::string& text : config.http.listen) {
    auto address = loop::Address::parse(text);
    if (address && !address->path.empty()) ::unlink(address->path.c_str());
  }
  // The hub may post to the lanes' loops until it is gone; the lanes go after it.
  store_timer.stop();
  reading = {};
  hub.reset();
  supervisor.reset();
  base::log::info("host", "ended");
  return {};
}

}  // namespace host::app
