// The configuration as a value: defaults, then the file, then PATCHBAY_SECTION_KEY from
// the environment, then the command line. An unknown key is an error that names it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace host::base {

struct PbxNode {
  std::string node;
  std::string host = "127.0.0.1";
  std::uint16_t port = 5038;
  std::string username = "patchbay";
  std::string secret;  // resolved: never "file:..."
  double ping_seconds = 10;
  double login_seconds = 10;  // no key of the file: a test's Asterisk answers once the host has started

  bool operator==(const PbxNode&) const = default;
};

struct Config {
  struct {
    std::vector<std::string> listen = {"127.0.0.1:8080"};
    std::string tls_certificate;
    std::string tls_key;
    int lanes = 0;  // 0: as many as cores
    std::uint64_t body_mb = 64;
    std::uint64_t header_kb = 32;
    std::uint64_t connections = 10000;  // per lane
    std::uint64_t address_connections = 2000;
    std::vector<std::string> trusted_proxies = {};  // whose X-Forwarded-For and Forwarded count
    std::string socket_group;                        // of unix sockets; empty: the process's own
    std::string socket_mode = "0660";
    std::vector<std::string> status_from = {"*"};  // who sees /metrics and all of /healthz
    std::uint64_t unread_mb = 256;  // answers that are made and not read: of the host,
    std::uint64_t unread_address_mb = 128;
    std::uint64_t unread_key_mb = 128;
    double header_seconds = 10;
    double body_seconds = 60;
    double write_seconds = 60;
    std::uint64_t plain_body_mb = 8;   // of a body that is no upload
    std::uint64_t coming_mb = 256;     // of bodies that are still coming, per lane
    double idle_seconds = 60;
    double leave_seconds = 0;          // not ready any more, and still serving
    double drain_seconds = 30;
  } http;

  struct {
    std::string url = "sqlite:///var/lib/patchbay/patchbay.db";  // once loaded with the password in it
    std::string password;  // as it was given: may be "file:..."
    std::string schema;  // folder; empty: beside the scripts
    unsigned readers = 0;  // threads with a connection each; 0: as many as the engine is good at
    unsigned writers = 1;
    unsigned exports = 32;  // at once: in all, of a tenant, of a key
    unsigned tenant_exports = 8;
    unsigned key_exports = 4;
    double export_wait_seconds = 5;  // for one's turn
    std::uint64_t wal_mb = 256;  // SQLite's write-ahead log beside slow exports
    std::uint64_t slow_ms = 1000;  // a statement that takes longer is logged; 0: none is
  } store;

  struct {
    std::vector<std::string> paths = {"/usr/share/patchbay/scripts", "/etc/patchbay/scripts"};
    bool watch = true;
    double request_seconds = 30;
    std::uint64_t budget_ms = 2000;  // Lua time without a pause
    std::uint64_t hold_ms = 500;     // the same where it cannot be interrupted
    std::uint64_t memory_mb = 64;    // per Lua state
    std::uint64_t shared_mb = 128;   // of texts kept for all who ask
    unsigned passwords = 64;         // that wait to be checked, of the host
    std::uint64_t job_events = 4096;  // that wait for one job, and their texts
    std::uint64_t job_events_mb = 8;
  } scripts;

  struct {
    std::string recordings = "/var/spool/asterisk/monitor";
    std::string voicemail = "/var/spool/asterisk/voicemail";
    std::string media = "/var/lib/patchbay/media";
    std::string fax = "/var/spool/asterisk/fax";
    std::string pages = "/usr/share/patchbay/pages";  // what /docs is made of
    std::string temporary = "/tmp";
  } files;

  struct {
    std::string source;  // Asterisk's own call-record file (SQLite); empty: not imported
  } cdr;

  struct {
    std::string level = "info";
    std::string format = "text";
    bool access = true;
    std::uint64_t line_kb = 16;    // of one line's texts
    std::uint64_t buffer_kb = 1024;  // of lines that nobody reads
  } log;

  struct {
    bool allow_private = false;
  } outgoing;

  struct {
    double seconds = 20;           // that one may take
    std::uint64_t output_kb = 64;  // that it may say
    unsigned at_once = 4;
    std::map<std::string, std::vector<std::string>> commands;  // by name: argv, the program by its whole path
  } helpers;

  struct {
    std::string socket;  // empty: see app/admin.h
    std::string group;
    std::string mode = "0660";
  } admin;

  std::vector<PbxNode> pbx;
  std::string settings_json = "{}";  // [settings]: free, for scripts

  // Keys whose values differ from those of `other`, "http.lanes"; "pbx", "helpers" and "settings" as a whole.
  std::vector<std::string> changed(const Config& other) const;

  // A missing file at the default path is no error; any other missing file is.
  static Result<Config> load(const std::string& path, bool required);
};

}  // namespace host::base
