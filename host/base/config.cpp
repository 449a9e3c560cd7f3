#include "base/config.h"

#include <sys/stat.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <initializer_list>
#include <map>
#include <set>
#include <sstream>
#include <type_traits>

#include "base/text.h"

extern char** environ;

namespace host::base {

namespace {

// One key: how to take it from TOML and from the text of an environment variable.
struct Key {
  std::function<bool(const toml::node&)> from_toml;
  std::function<bool(const std::string&)> from_text;
  std::function<std::string()> text;  // the value, to be compared
};

using Keys = std::map<std::string, Key>;  // "section.key"

Key text_key(std::string& target) {
  return {[&target](const toml::node& node) {
            auto value = node.value_exact<std::string>();
            if (value) target = *value;
            return value.has_value();
          },
          [&target](const std::string& text) {
            target = text;
            return true;
          },
          [&target] { return target; }};
}

// One of a few words.
Key word_key(std::string& target, std::initializer_list<std::string> words) {
  auto assign = [&target, words = std::vector<std::string>(words)](const std::string& text) {
    target = text;
    return std::find(words.begin(), words.end(), text) != words.end();
  };
  return {[assign](const toml::node& node) {
            auto value = node.value_exact<std::string>();
            return value && assign(*value);
          },
          assign, [&target] { return target; }};
}

// None of the texts is empty; at least one, unless there may be none.
Key list_key(std::vector<std::string>& target, bool may_be_empty = false) {
  auto good = [&target, may_be_empty] {
    return (may_be_empty || !target.empty()) &&
           std::none_of(target.begin(), target.end(), [](auto& text) { return text.empty(); });
  };
  return {[&target, good](const toml::node& node) {
            const toml::array* array = node.as_array();
            if (!array) return false;
            target.clear();
            for (const toml::node& item : *array) {
              auto value = item.value_exact<std::string>();
              if (!value) return false;
              target.push_back(*value);
            }
            return good();
          },
          [&target, good, may_be_empty](const std::string& text) {
            target.clear();
            if (may_be_empty && text.empty()) return true;
            for (auto part : text::split(text, ',')) target.emplace_back(text::trim(part));
            return good();
          },
          [&target] {
            std::string all;
            for (const std::string& text : target) all += text + "\n";
            return all;
          }};
}

// Permissions as chmod writes them.
Key mode_key(std::string& target) {
  auto assign = [&target](const std::string& text) {
    target = text;
    return (text.size() == 3 || text.size() == 4) && text.find_first_not_of("01234567") == std::string::npos;
  };
  return {[assign](const toml::node& node) {
            auto value = node.value_exact<std::string>();
            return value && assign(*value);
          },
          assign, [&target] { return target; }};
}

Key flag_key(bool& target) {
  return {[&target](const toml::node& node) {
            auto value = node.value_exact<bool>();
            if (value) target = *value;
            return value.has_value();
          },
          [&target](const std::string& text) {
            bool yes = text == "true" || text == "1" || text == "yes";
            bool no = text == "false" || text == "0" || text == "no";
            target = yes;
            return yes || no;
          },
          [&target] { return std::string(target ? "true" : "false"); }};
}

template <typename Number>
Key number_key(Number& target, double least, double most) {
  auto assign = [&target, least, most](double value) {
    if (!(value >= least && value <= most)) return false;
    if (std::is_integral_v<Number> && value != std::floor(value)) return false;
    target = static_cast<Number>(value);
    return true;
  };
  return {[assign](const toml::node& node) {
            auto value = node.value<double>();
            return value && assign(*value);
          },
          [assign](const std::string& text) {
            char* end = nullptr;
            double value = std::strtod(text.c_str(), &end);
            return !text.empty() && *end == 0 && assign(value);
          },
          [&target] { return std::to_string(target); }};
}

Keys keys_of(Config& config) {
  return {
      {"http.listen", list_key(config.http.listen)},
      {"http.lanes", number_key(config.http.lanes, 0, 256)},
      {"http.body_mb", number_key(config.http.body_mb, 1, 4096)},
      {"http.header_kb", number_key(config.http.header_kb, 1, 1024)},
      {"http.connections", number_key(config.http.connections, 1, 1e6)},
      {"http.address_connections", number_key(config.http.address_connections, 1, 1e6)},
      {"http.trusted_proxies", list_key(config.http.trusted_proxies, true)},
      {"http.socket_group", text_key(config.http.socket_group)},
      {"http.socket_mode", mode_key(config.http.socket_mode)},
      {"http.status_from", list_key(config.http.status_from)},
      {"http.unread_mb", number_key(config.http.unread_mb, 1, 1e6)},
      {"http.unread_address_mb", number_key(config.http.unread_address_mb, 1, 1e6)},
      {"http.unread_key_mb", number_key(config.http.unread_key_mb, 1, 1e6)},
      {"http.header_seconds", number_key(config.http.header_seconds, 0.1, 3600)},
      {"http.body_seconds", number_key(config.http.body_seconds, 0.1, 3600)},
      {"http.write_seconds", number_key(config.http.write_seconds, 0.1, 3600)},
      {"http.plain_body_mb", number_key(config.http.plain_body_mb, 1, 4096)},
      {"http.coming_mb", number_key(config.http.coming_mb, 1, 1e6)},
      {"http.idle_seconds", number_key(config.http.idle_seconds, 0.1, 3600)},
      {"http.leave_seconds", number_key(config.http.leave_seconds, 0, 3600)},
      {"http.drain_seconds", number_key(config.http.drain_seconds, 0, 3600)},
      {"http.tls.cert", text_key(config.http.tls_certificate)},
      {"http.tls.key", text_key(config.http.tls_key)},
      {"store.url", text_key(config.store.url)},
      {"store.password", text_key(config.store.password)},
      {"store.readers", number_key(config.store.readers, 0, 256)},
      {"store.writers", number_key(config.store.writers, 1, 64)},
      {"store.schema", text_key(config.store.schema)},
      {"store.exports", number_key(config.store.exports, 1, 1000)},
      {"store.tenant_exports", number_key(config.store.tenant_exports, 1, 1000)},
      {"store.key_exports", number_key(config.store.key_exports, 1, 1000)},
      {"store.export_wait_seconds", number_key(config.store.export_wait_seconds, 0, 3600)},
      {"store.slow_ms", number_key(config.store.slow_ms, 0, 600000)},
      {"store.wal_mb", number_key(config.store.wal_mb, 16, 1e6)},
      {"scripts.paths", list_key(config.scripts.paths)},
      {"scripts.watch", flag_key(config.scripts.watch)},
      {"scripts.request_seconds", number_key(config.scripts.request_seconds, 0.1, 3600)},
      {"scripts.budget_ms", number_key(config.scripts.budget_ms, 10, 600000)},
      {"scripts.hold_ms", number_key(config.scripts.hold_ms, 10, 600000)},
      {"scripts.memory_mb", number_key(config.scripts.memory_mb, 4, 4096)},
      {"scripts.shared_mb", number_key(config.scripts.shared_mb, 1, 4096)},
      {"scripts.passwords", number_key(config.scripts.passwords, 1, 1e5)},
      {"scripts.job_events", number_key(config.scripts.job_events, 1, 1e6)},
      {"scripts.job_events_mb", number_key(config.scripts.job_events_mb, 1, 1024)},
      {"files.recordings", text_key(config.files.recordings)},
      {"files.voicemail", text_key(config.files.voicemail)},
      {"files.media", text_key(config.files.media)},
      {"files.fax", text_key(config.files.fax)},
      {"files.pages", text_key(config.files.pages)},
      {"files.temporary", text_key(config.files.temporary)},
      {"cdr.source", text_key(config.cdr.source)},
      {"log.level", word_key(config.log.level, {"debug", "info", "warn", "error"})},
      {"log.format", word_key(config.log.format, {"text", "json"})},
      {"log.access", flag_key(config.log.access)},
      {"log.line_kb", number_key(config.log.line_kb, 1, 1024)},
      {"log.buffer_kb", number_key(config.log.buffer_kb, 64, 1e6)},
      {"outgoing.allow_private", flag_key(config.outgoing.allow_private)},
      {"helpers.seconds", number_key(config.helpers.seconds, 0.1, 3600)},
      {"helpers.output_kb", number_key(config.helpers.output_kb, 1, 16384)},
      {"helpers.at_once", number_key(config.helpers.at_once, 1, 64)},
      {"admin.socket", text_key(config.admin.socket)},
      {"admin.group", text_key(config.admin.group)},
      {"admin.mode", mode_key(config.admin.mode)},
  };
}

std::string place(const toml::node& node, const std::string& path) {
  return path + ":" + std::to_string(node.source().begin.line);
}

// "file:/path" names a file that holds the secret; the last line break is not part of it.
Result<std::string> resolve_secret(const std::string& value) {
  if (value.rfind("file:", 0) != 0) return value;
  std::ifstream in(value.substr(5));
  if (!in) return invalid("secret file cannot be read: " + value.substr(5));
  std::stringstream text;
  text << in.rdbuf();
  std::string secret = text.str();
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  return secret;
}

// mysql://user@host/database with the password of its own key.
Result<std::string> with_password(const std::string& url, const std::string& password) {
  if (password.empty()) return url;
  TRY(std::string secret, resolve_secret(password));
  std::size_t start = url.find("://");
  std::size_t end = std::min(url.find('?'), url.size());
  std::size_t at = url.rfind('@', end);
  if (start == std::string::npos || url.starts_with("sqlite:")) return invalid("store.password: store.url takes none");
  start += 3;
  std::string_view user;
  if (at != std::string::npos && at > start) user = std::string_view(url).substr(start, at - start);
  if (user.find(':') != user.npos) return invalid("store.password: store.url has one");
  std::size_t place = start + user.size();
  return url.substr(0, place) + ":" + text::percent_encode(secret) + (user.empty() ? "@" : "") + url.substr(place);
}

// Secrets of [settings], however deep.
template <typename Container>
Result<void> resolve_settings(Container& container, const std::string& path) {
  auto resolve = [&](toml::node& node) -> Result<void> {
    if (toml::table* table = node.as_table()) return resolve_settings(*table, path);
    if (toml::array* array = node.as_array()) return resolve_settings(*array, path);
    toml::value<std::string>* text = node.as_string();
    if (!text) return {};
    auto resolved = resolve_secret(text->get());
    if (!resolved) return invalid(place(node, path) + ": " + resolved.error().message);
    text->get() = std::move(*resolved);
    return {};
  };
  for (auto&& entry : container) {
    if constexpr (std::is_same_v<Container, toml::table>) {
      TRY_VOID(resolve(entry.second));
    } else {
      TRY_VOID(resolve(entry));
    }
  }
  return {};
}

Result<PbxNode> read_node(const toml::table& table, const std::string& path) {
  PbxNode node;
  Keys keys = {
      {"node", text_key(node.node)},         {"host", text_key(node.host)},
      {"port", number_key(node.port, 1, 65535)}, {"username", text_key(node.username)},
      {"secret", text_key(node.secret)},
      {"ping_seconds", number_key(node.ping_seconds, 0.1, 3600)},
  };
  for (const auto& [name, value] : table) {
    auto key = keys.find(std::string(name.str()));
    if (key == keys.end()) {
      return invalid(place(value, path) + ": unknown key pbx." + std::string(name.str()));
    }
    if (!key->second.from_toml(value)) {
      return invalid(place(value, path) + ": bad value for pbx." + std::string(name.str()));
    }
  }
  if (node.node.empty()) node.node = node.host;
  TRY(node.secret, resolve_secret(node.secret));
  // They go to Asterisk in lines.
  if (text::has_line_break(node.username)) return invalid("pbx.username: holds a line break");
  if (text::has_line_break(node.secret)) return invalid("pbx.secret: holds a line break");
  return node;
}

Result<void> read_section(const std::string& section, const toml::table& table, const Keys& keys,
                          const std::string& path) {
  for (const auto& [name, value] : table) {
    std::string full = section + "." + std::string(name.str());
    if (const toml::table* inner = value.as_table(); inner && full == "http.tls") {
      TRY_VOID(read_section(full, *inner, keys, path));
      continue;
    }
    if (section == "helpers" && value.is_array()) continue;  // a name, not a key
    auto key = keys.find(full);
    if (key == keys.end()) return invalid(place(value, path) + ": unknown key " + full);
    if (!key->second.from_toml(value)) {
      return invalid(place(value, path) + ": bad value for " + full);
    }
  }
  return {};
}

// A name of [helpers] and its argv: texts without NUL, the first an absolute path.
Result<void> read_helper(const std::string& name, const toml::array& words, Config& config, const std::string& path) {
  auto wrong = [&](const char* what) { return invalid(place(words, path) + ": helpers." + name + ": " + what); };
  if (name.empty() || name.size() > 64 || name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") != name.npos) {
    return wrong("a name of small letters, digits and underscores, at most 64");
  }
  std::vector<std::string>& argv = config.helpers.commands[name];
  for (const toml::node& item : words) {
    auto word = item.value_exact<std::string>();
    if (!word || word->find('\0') != word->npos) return wrong("a list of texts");
    argv.push_back(*word);
  }
  if (argv.empty() || !argv[0].starts_with('/')) return wrong("the program by its whole path, then its arguments");
  return {};
}

Result<void> read_file(const std::string& path, const toml::table& document, Config& config,
                       const Keys& keys) {
  for (const auto& [name, value] : document) {
    std::string section(name.str());
    if (section == "pbx") {
      const toml::array* nodes = value.as_array();
      if (!nodes) return invalid(place(value, path) + ": pbx must be [[pbx]] tables");
      for (const toml::node& item : *nodes) {
        if (!item.is_table()) return invalid(place(item, path) + ": pbx must be [[pbx]] tables");
        TRY(PbxNode node, read_node(*item.as_table(), path));
        for (const PbxNode& other : config.pbx) {
          if (other.node != node.node) continue;
          return invalid(place(item, path) + ": two nodes are pbx.node = " + node.node);
        }
        config.pbx.push_back(std::move(node));
      }
      continue;
    }
    const toml::table* table = value.as_table();
    if (!table) return invalid(place(value, path) + ": unknown key " + section);
    if (section == "settings") {
      toml::table settings = *table;
      TRY_VOID(resolve_settings(settings, path));
      std::stringstream json;
      json << toml::json_formatter{settings};
      config.settings_json = json.str();
      continue;
    }
    if (section == "helpers") {
      for (const auto& [key, entry] : *table) {
        if (const toml::array* words = entry.as_array()) TRY_VOID(read_helper(std::string(key.str()), *words, config, path));
      }
    }
    TRY_VOID(read_section(section, *table, keys, path));
  }
  return {};
}

// PATCHBAY_HTTP_LISTEN, PATCHBAY_HTTP_TLS_CERT: the key with dots as underscores.
Result<void> read_environment(const Keys& keys) {
  std::map<std::string, const Key*> by_name;
  std::set<std::string> sections = {"PATCHBAY_PBX_", "PATCHBAY_SETTINGS_"};  // of the file only
  for (const auto& [name, key] : keys) {
    std::string variable = "PATCHBAY_";
    for (char c : name) variable += c == '.' ? '_' : static_cast<char>(std::toupper(c));
    by_name[variable] = &key;
    sections.insert(variable.substr(0, variable.find('_', 9) + 1));
  }
  for (char** entry = environ; *entry; ++entry) {
    std::string_view text = *entry;
    std::size_t equals = text.find('=');
    std::string variable(text.substr(0, equals));
    auto key = by_name.find(variable);
    if (key == by_name.end()) {
      // Others may have names that begin like ours, but not like a section.
      if (variable.size() > 9 && sections.count(variable.substr(0, variable.find('_', 9) + 1))) {
        return invalid("unknown key in the environment: " + variable);
      }
      continue;
    }
    if (!key->second->from_text(std::string(text.substr(equals + 1)))) {
      return invalid("bad value in the environment variable " + key->first);
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> Config::changed(const Config& other) const {
  Config one = *this, two = other;
  Keys mine = keys_of(one), theirs = keys_of(two);
  std::vector<std::string> names;
  for (const auto& [name, key] : mine) {
    if (key.text() != theirs.at(name).text()) names.push_back(name);
  }
  if (pbx != other.pbx) names.emplace_back("pbx");
  if (helpers.commands != other.helpers.commands) names.emplace_back("helpers");
  if (settings_json != other.settings_json) names.emplace_back("settings");
  return names;
}

Result<Config> Config::load(const std::string& path, bool required) {
  Config config;
  Keys keys = keys_of(config);
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) {
    toml::parse_result parsed = toml::parse_file(path);
    if (!parsed) {
      const toml::parse_error& problem = parsed.error();
      return invalid(path + ":" + std::to_string(problem.source().begin.line) + ": " +
                     std::string(problem.description()));
    }
    TRY_VOID(read_file(path, parsed.table(), config, keys));
  } else if (required) {
    return invalid("configuration file cannot be read: " + path);
  }
  TRY_VOID(read_environment(keys));
  TRY(config.store.url, with_password(config.store.url, config.store.password));
  if (config.http.tls_certificate.empty() != config.http.tls_key.empty()) {
    return invalid("http.tls: a certificate and its key, or neither");
  }
  return config;
}

}  // namespace host::base
