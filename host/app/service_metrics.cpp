#include "app/service_metrics.h"

#include "ami/hub.h"
#include "app/helpers.h"
#include "base/log.h"
#include "store/guard.h"
#include "store/shares.h"
#include "store/store.h"

namespace host::app {

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
  text.family("patchbay_pbx_mute_total", "counter", "Manager connections ended because a Ping was not answered.");
  for (const auto& node : nodes) {
    text.sample("patchbay_pbx_mute_total", MetricsText::label("node", node.node), static_cast<double>(node.counters.mute));
  }
}

static void add_ledger_metrics(MetricsText& text, const http::Ledger& ledger) {
  http::Ledger::Counters counters = ledger.counters();
  text.family("patchbay_unread_bytes", "gauge", "Memory of answers that clients have not read yet.");
  text.sample("patchbay_unread_bytes", "", static_cast<double>(counters.unread_bytes));
  text.family("patchbay_unread_cut_total", "counter", "Answers given up or refused because too much was not read, by the bound that was passed.");
  text.sample("patchbay_unread_cut_total", "bound=\"address\"", static_cast<double>(counters.cut_address));
  text.sample("patchbay_unread_cut_total", "bound=\"key\"", static_cast<double>(counters.cut_key));
  text.sample("patchbay_unread_cut_total", "bound=\"host\"", static_cast<double>(counters.cut_host));
  text.family("patchbay_refused_connections_total", "counter", "Connections refused because their address had too many.");
  text.sample("patchbay_refused_connections_total", "", static_cast<double>(counters.refused_connections));
}

static void add_log_metrics(MetricsText& text) {
  text.family("patchbay_log_lines_dropped_total", "counter", "Log lines dropped because nobody read them.");
  text.sample("patchbay_log_lines_dropped_total", "", static_cast<double>(base::log::dropped()));
  text.family("patchbay_log_lines_cut_total", "counter", "Log lines that were longer than they may be.");
  text.sample("patchbay_log_lines_cut_total", "", static_cast<double>(base::log::cut()));
}

static void add_script_metrics(MetricsText& text, const script::Stops& stops, const Shared& shared) {
  text.family("patchbay_scripts_stopped_total", "counter", "Requests and jobs that were ended, by what they used up.");
  text.sample("patchbay_scripts_stopped_total", "bound=\"budget\"", static_cast<double>(stops.budget));
  text.sample("patchbay_scripts_stopped_total", "bound=\"hold\"", static_cast<double>(stops.hold));
  text.sample("patchbay_scripts_stopped_total", "bound=\"memory\"", static_cast<double>(stops.memory));
  text.sample("patchbay_scripts_stopped_total", "bound=\"deadline\"", static_cast<double>(stops.deadline));
  text.family("patchbay_passwords_refused_total", "counter", "Logins refused because too many passwords waited to be checked.");
  text.sample("patchbay_passwords_refused_total", "", static_cast<double>(shared.passwords->refused()));
  auto counters = shared.texts->counters();
  text.family("patchbay_shared_texts_made_total", "counter", "Texts made once for all who ask (OpenAPI documents).");
  text.sample("patchbay_shared_texts_made_total", "", static_cast<double>(counters.made));
  text.family("patchbay_shared_texts_waited_total", "counter", "Requests that waited for another to make such a text.");
  text.sample("patchbay_shared_texts_waited_total", "", static_cast<double>(counters.waited));
  text.family("patchbay_shared_texts_refused_total", "counter", "Such texts that were not kept, because all together took too much.");
  text.sample("patchbay_shared_texts_refused_total", "", static_cast<double>(counters.refused));
  text.family("patchbay_shared_text_bytes", "gauge", "Memory of such texts.");
  text.sample("patchbay_shared_text_bytes", "", static_cast<double>(counters.bytes));
}

static void add_guard_metrics(MetricsText& text, const store::Guard& guard) {
  text.family("patchbay_store_lost", "gauge", "1 while the store's file is not the one that was opened: changes are refused.");
  text.sample("patchbay_store_lost", "", guard.lost() ? 1 : 0);
  text.family("patchbay_store_log_bytes", "gauge", "Size of SQLite's write-ahead log.");
  text.sample("patchbay_store_log_bytes", "", static_cast<double>(guard.log_bytes()));
}

static void add_export_metrics(MetricsText& text, const store::Shares& shares) {
  auto counters = shares.counters();
  text.family("patchbay_store_exports_refused_total", "counter", "Exports refused, by whose share was taken.");
  auto sample = [&](const char* bound, store::Shares::Bound which) {
    text.sample("patchbay_store_exports_refused_total", MetricsText::label("bound", bound),
                static_cast<double>(counters.refused[static_cast<std::size_t>(which)]));
  };
  sample("all", store::Shares::Bound::all);
  sample("tenant", store::Shares::Bound::tenant);
  sample("log", store::Shares::Bound::log);
  sample("key", store::Shares::Bound::key);
  text.family("patchbay_store_exports_waited_total", "counter", "Exports that waited for their turn.");
  text.sample("patchbay_store_exports_waited_total", "", static_cast<double>(counters.waited));
  text.family("patchbay_store_exports_waiting", "gauge", "Exports that wait for their turn.");
  text.sample("patchbay_store_exports_waiting", "", static_cast<double>(counters.waiting));
  text.family("patchbay_store_exports_cut_total", "counter", "Exports cut because the store's log grew beside them.");
  text.sample("patchbay_store_exports_cut_total", "", static_cast<double>(counters.cut));
}

void add_service_metrics(MetricsText& text, const Shared& shared, const http::Ledger& ledger, const script::Stops& stops) {
  add_store_metrics(text, shared.database.counters());
  add_node_metrics(text, shared.hub);
  add_ledger_metrics(text, ledger);
  add_log_metrics(text);
  add_export_metrics(text, *shared.shares);
  add_guard_metrics(text, *shared.guard);
  add_helper_metrics(text, *shared.helpers);
  add_script_metrics(text, stops, shared);
}

}  // namespace host::app
