#include "app/serve.h"

#include <malloc.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "ami/hub.h"
#include "app/helpers.h"
#include "app/rights.h"
#include "app/service_metrics.h"
#include "app/supervisor.h"
#include "base/log.h"
#include "codec/json.h"
#include "http/forwarded.h"
#include "script/watchdog.h"
#include "store/guard.h"
#include "store/migrate.h"
#include "store/shares.h"
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

store::Settings store_settings(const base::Config& config) {
  store::Settings settings;
  settings.reader_threads = config.store.readers;
  settings.writer_threads = config.store.writers;
  settings.max_streams = std::max(settings.max_streams, config.store.exports);
  settings.log_bytes = std::min(settings.log_bytes, config.store.wal_mb << 19);  // far below what cuts exports
  return settings;
}

std::vector<std::string> own_schemas(const base::Config& config) {
  std::vector<std::string> folders;
  std::error_code ignored;
  for (const std::string& folder : config.scripts.paths) {
    std::filesystem::path inside = std::filesystem::path(folder) / "schema";
    if (std::filesystem::is_directory(inside, ignored)) folders.push_back(inside.string());
  }
  return folders;
}

Result<std::vector<std::string>> newer_schema(store::Direct& store, const std::string& folder) {
  TRY(store::Rows rows, store.run({"SELECT file FROM schema_migrations ORDER BY file", {}, {}}));
  std::vector<std::string> unknown;
  std::error_code ignored;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    std::string file = rows.text(i, 0);
    bool ours = file.find('/') == std::string::npos;
    if (ours && !std::filesystem::exists(std::filesystem::path(folder) / file, ignored)) unknown.push_back(std::move(file));
  }
  return unknown;
}

static script::Limits script_limits(const base::Config& config) {
  script::Limits limits;
  limits.memory_bytes = config.scripts.memory_mb << 20;
  limits.request_ms = static_cast<std::uint64_t>(config.scripts.request_seconds * 1000);
  limits.run_ms = config.scripts.budget_ms;
  limits.hold_ms = config.scripts.hold_ms;
  limits.slow_statement_ms = config.store.slow_ms;
  return limits;
}

Result<std::size_t> check_scripts(const base::Config& config, OpenModules open_modules,
                                  std::vector<script::Problem>& problems) {
  loop::Loop loop;
  loop::Deadlines deadlines(loop);
  script::Watchdog watchdog;
  TRY(auto scripts, script::read_scripts(config.scripts.paths));
  script::ScriptSet all = *scripts;
  all.commands = true;
  script::Setup setup;
  setup.loop = &loop;
  setup.deadlines = &deadlines;
  setup.limits = script_limits(config);
  setup.watchdog = &watchdog;
  setup.open_modules = open_modules;
  TRY(auto generation, script::Generation::build(all, 1, std::move(setup), &problems));
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

std::shared_ptr<store::Guard> make_guard(const base::Config& config) {
  return std::make_shared<store::Guard>(config.store.url);
}

std::shared_ptr<store::Shares> make_shares(const base::Config& config) {
  return std::make_shared<store::Shares>(store::Shares::Limits{
      config.store.exports, config.store.tenant_exports, config.store.key_exports,
      static_cast<std::uint64_t>(config.store.export_wait_seconds * 1000)});
}

static std::shared_ptr<http::Ledger> make_ledger(const base::Config& config) {
  http::LedgerLimits limits;
  limits.unread_bytes = config.http.unread_mb << 20;
  limits.unread_address_bytes = config.http.unread_address_mb << 20;
  limits.unread_key_bytes = config.http.unread_key_mb << 20;
  limits.address_connections = config.http.address_connections;
  return std::make_shared<http::Ledger>(limits);
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
    settings.ping_ms = static_cast<std::uint64_t>(node.ping_seconds * 1000);
    settings.login_ms = static_cast<std::uint64_t>(node.login_seconds * 1000);
    nodes.push_back(std::move(settings));
  }
  return nodes;
}

Host::Host(loop::Loop& loop, const base::Config& config, std::string version,
           MakeServices make_services, Reread reread)
    : loop_(loop),
      config_(config),
      version_(std::move(version)),
      make_services_(make_services),
      reread_(std::move(reread)),
      ledger_(make_ledger(config)) {}

Host::~Host() {
  for (int descriptor : unix_sockets_) ::close(descriptor);
  for (const std::string& path : unix_paths_) ::unlink(path.c_str());
  store_timer_.reset();
  guard_timer_.reset();
  reading_ = {};
  // Jobs still run on the lanes and use the hub; the hub may post to the lanes' loops until
  // it is gone. So the lanes are emptied first, and destroyed last.
  if (supervisor_) supervisor_->clear();
  hub_.reset();
  supervisor_.reset();
}

static script::JobEvent job_event(const ami::Event& event) {
  script::JobEvent made{std::string(event.packet->get("Event")), {}};
  for (std::size_t i = 0; i < event.packet->size(); ++i) {
    made.fields.emplace_back((*event.packet)[i].name, (*event.packet)[i].value);
  }
  made.fields.emplace_back("node", event.node);
  if (!event.tenant.empty()) made.fields.emplace_back("tenant", event.tenant);
  return made;
}

Outside Host::outside() {
  Outside outside;
  outside.nodes_json = [this] { return nodes_json(*hub_); };
  outside.store_check = [this]() -> Result<void> {
    if (store_down_) return base::unavailable("the database does not answer");
    return shared_->guard->standing();
  };
  outside.nodes_check = [this]() -> Result<void> {
    auto nodes = hub_->nodes();
    bool up = nodes.empty() || std::any_of(nodes.begin(), nodes.end(), [](const ami::NodeStatus& node) {
                return node.state == ami::State::up && node.synced;
              });
    if (!up) return base::unavailable("no node is up");
    return {};
  };
  outside.reread = reread_;
  outside.settings = shared_->settings;
  if (auto several = store::shared(config_.store.url); several && *several) outside.shared_store = config_.store.url;
  outside.metrics = [this](MetricsText& text) {
    add_service_metrics(text, *shared_, *ledger_, *stops_);
  };
  outside.subscribe = [this](loop::Loop& on, std::vector<std::string> names,
                             Outside::OnEvents callback) {
    ami::EventFilter filter;
    filter.names = std::move(names);
    return hub_->subscribe(on, std::move(filter),
                           [callback = std::move(callback)](std::vector<ami::Event> events, std::uint64_t lost) mutable {
                             std::vector<script::JobEvent> told;
                             for (const ami::Event& event : events) told.push_back(job_event(event));
                             callback(std::move(told), lost);
                           });
  };
  return outside;
}

// Of the store, its readers, the manager, logs and files that are being sent.
static constexpr rlim_t own_descriptors = 200;

// What a lane may take of the descriptors there are: a client is told that there are too many connections before the
// kernel hangs up on it without a word.
static std::uint64_t descriptors_of_a_lane(int lanes) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return UINT64_MAX;
  rlim_t left = limit.rlim_cur > own_descriptors ? limit.rlim_cur - own_descriptors : 0;
  return std::max<rlim_t>(left / static_cast<rlim_t>(lanes), 8);
}

std::vector<std::unique_ptr<Lane>> Host::make_lanes(const std::vector<loop::Address>& addresses) {
  long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
  int count = config_.http.lanes > 0 ? config_.http.lanes : static_cast<int>(cores < 1 ? 1 : cores);
  double started = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  auto milliseconds = [](double seconds) { return static_cast<std::uint64_t>(seconds * 1000); };
  std::vector<std::unique_ptr<Lane>> lanes;
  for (int index = 0; index < count; ++index) {
    LaneSettings settings;
    settings.index = index;
    settings.share_port = count > 1;
    settings.access_log = config_.log.access;
    settings.listen = addresses;
    settings.unix_descriptors = unix_sockets_;
    settings.limits.header_bytes = config_.http.header_kb * 1024;
    settings.limits.body_bytes = config_.http.body_mb << 20;
    settings.limits.connections = std::min(config_.http.connections, descriptors_of_a_lane(count));
    settings.limits.header_ms = milliseconds(config_.http.header_seconds);
    settings.limits.body_ms = milliseconds(config_.http.body_seconds);
    settings.limits.write_ms = milliseconds(config_.http.write_seconds);
    settings.limits.memory_body_bytes = config_.http.plain_body_mb << 20;
    settings.limits.coming_bytes = config_.http.coming_mb << 20;
    settings.limits.idle_ms = milliseconds(config_.http.idle_seconds);
    settings.limits.temporary_folder = config_.files.temporary;
    settings.limits.proxies = proxies_;
    settings.ledger = ledger_;
    settings.stops = stops_;
    settings.tls = {config_.http.tls_certificate, config_.http.tls_key};
    settings.script_limits = script_limits(config_);
    settings.watchdog = &watchdog_;
    settings.about.version = version_;
    settings.about.started = started;
    settings.about.listen = config_.http.listen;
    settings.make_services = [this](loop::Loop& on, loop::Deadlines& deadlines) {
      return make_services_(*shared_, on, deadlines);
    };
    settings.own_page = [this](const http::Request& request) {
      return supervisor_->own_page(request);
    };
    lanes.push_back(std::make_unique<Lane>(std::move(settings)));
  }
  return lanes;
}

// What has to be looked at because nothing tells of it.
void Host::look_after() {
  // An export keeps its snapshot, and with it everything that is written meanwhile, in the log. One that
  // has just begun did not do it.
  static constexpr std::uint64_t least_ms = 5'000;
  shared_->guard->look();
  shared_->shares->log_is(shared_->guard->log_bytes(), config_.store.wal_mb << 20, least_ms);
  // The allocator keeps what is free; after a flood that is not wanted again.
  if (ledger_->settle()) ::malloc_trim(0);
}

// The lanes share their ports, and would share them with another host too: each must be free.
// Port 0 becomes one that is.
static Result<std::vector<loop::Address>> settle_ports(std::vector<loop::Address> addresses) {
  for (loop::Address& address : addresses) {
    loop::Loop probe;
    TRY(auto listener, loop::Listener::open(probe, address, false, [](std::unique_ptr<loop::Stream>) {}));
    address.port = listener->port();
  }
  return addresses;
}

Result<void> Host::start() {
  TRY(auto applied, store::migrate(config_.store.url, schema_folder(config_), own_schemas(config_)));
  for (const std::string& file : applied) {
    base::log::info("store", "schema file applied", {{"file", file}});
  }
  {
    TRY(auto direct, store::open_for_cli(config_.store.url));
    TRY(auto newer, newer_schema(*direct, schema_folder(config_)));
    if (!newer.empty()) {
      base::log::warn("store", "the store is newer than this patchbay: what it does not know it leaves alone", {{"file", newer.back()}, {"files", newer.size()}});
    }
  }
  TRY(database_, store::open(config_.store.url, store_settings(config_)));
  // A read once in a while tells whether the store answers; lanes look at the outcome only.
  reader_ = database_->reader(loop_);
  store_timer_ = std::make_unique<loop::Timer>(loop_, [this] {
    store::Query probe;
    probe.sql = "SELECT 1 FROM schema_migrations LIMIT 1";
    reading_ = reader_->query(std::move(probe), store::Limits(),
                              [this](Result<store::Rows> rows) { store_down_ = !rows; });
  });
  store_timer_->start(0, 2000);

  hub_ = std::make_unique<ami::Hub>(node_settings(config_));
  shared_ = std::make_unique<Shared>(Shared{*database_, *hub_, config_});
  guard_timer_ = std::make_unique<loop::Timer>(loop_, [this] { look_after(); });
  guard_timer_->start(1000, 1000);
  supervisor_ = std::make_unique<Supervisor>(loop_, config_, version_, outside());
  TRY(auto scripts, supervisor_->first_scripts());

  TRY(http::Proxies proxies, http::Proxies::parse(config_.http.trusted_proxies));
  proxies_ = std::make_shared<const http::Proxies>(std::move(proxies));
  std::vector<loop::Address> addresses;
  for (const std::string& text : config_.http.listen) {
    TRY(loop::Address address, loop::Address::parse(text));
    if (address.path.empty()) {
      addresses.push_back(address);
    } else {
      TRY(int descriptor, loop::bind_unix(address.path));
      unix_sockets_.push_back(descriptor);
      unix_paths_.push_back(address.path);
      TRY_VOID(set_rights(address.path, config_.http.socket_group, config_.http.socket_mode));
    }
  }
  TRY(addresses, settle_ports(std::move(addresses)));
  hub_->start();
  return supervisor_->start(make_lanes(addresses), std::move(scripts));
}

const std::vector<std::string>& Host::addresses() const noexcept {
  return supervisor_->addresses();
}

bool Host::nodes_synced() const {
  for (const ami::NodeStatus& node : hub_->nodes()) {
    if (node.state != ami::State::up || !node.synced) return false;
  }
  return true;
}

void Host::reload(base::Function<void(std::string)> done) { supervisor_->reload(std::move(done)); }

// A connection is a descriptor, and the usual limit of 1024 is there for select() alone.
static void allow_descriptors(const base::Config& config) noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 1 << 20);
  ::setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_cur < config.http.connections + own_descriptors) {
    base::log::warn("host", "fewer descriptors than http.connections may take: raise the hard limit (LimitNOFILE)",
                    {{"descriptors", limit.rlim_cur}, {"connections", config.http.connections}});
  }
}

Result<void> serve(const base::Config& config, const std::string& version,
                   MakeServices make_services, Reread reread) {
  allow_descriptors(config);
  loop::Loop loop;
  {
    Host host(loop, config, version, make_services, std::move(reread));
    TRY_VOID(host.start());
    for (const std::string& address : host.addresses()) {
      base::log::info("host", "listening", {{"address", address}});
    }
    loop.run();
  }
  base::log::info("host", "ended");
  base::log::drain();
  return {};
}

}  // namespace host::app
