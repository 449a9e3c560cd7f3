#include "http/forwarded.h"

#include <arpa/inet.h>

#include <algorithm>
#include <string_view>

#include "base/text.h"

namespace host::http {

using base::Result;

Result<Proxies> Proxies::parse(const std::vector<std::string>& texts) {
  Proxies proxies;
  std::vector<std::string> networks = texts;
  proxies.unix_ = std::erase(networks, "unix") > 0;
  auto parsed = Networks::parse(networks);
  if (!parsed) return base::invalid("http.trusted_proxies: " + parsed.error().message);
  proxies.networks_ = std::move(*parsed);
  return proxies;
}

bool Proxies::trust(const std::string& peer) const { return peer == "unix" ? unix_ : networks_.contains(peer); }

namespace {

// One hop: who asked the proxy that wrote it, and how; "" is not said.
struct Hop {
  std::string address;
  std::string proto;
};

// "203.0.113.5", "203.0.113.5:4711", "[2001:db8::1]:4711"; "" for anything that is no address.
std::string address_of(std::string_view text) {
  text = base::text::trim(text);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') - 1);
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  std::string address(text);
  unsigned char bytes[16];
  bool good = ::inet_pton(AF_INET, address.c_str(), bytes) == 1 || ::inet_pton(AF_INET6, address.c_str(), bytes) == 1;
  return good ? address : std::string();
}

// Parts between separators that stand in no quotes.
std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && text[i] == '"') quoted = !quoted;
    if (i < text.size() && (quoted || text[i] != separator)) continue;
    parts.push_back(base::text::trim(text.substr(from, i - from)));
    from = i + 1;
  }
  return parts;
}

// Of RFC 7239.
Hop hop_of(std::string_view element) {
  Hop hop;
  for (std::string_view pair : parts_of(element, ';')) {
    std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) continue;
    std::string name = base::text::lower(std::string(pair.substr(0, equals)));
    std::string_view value = pair.substr(equals + 1);
    if (name == "for") hop.address = address_of(value);
    if (name == "proto") hop.proto = base::text::lower(std::string(value));
  }
  return hop;
}

}  // namespace

void Proxies::look(Request& request) const {
  if (!trust(request.peer)) return;
  std::vector<Hop> hops;
  std::string proto;
  bool classic = false, standard = false;
  for (const Header& header : request.headers) {
    if (header.name == "x-forwarded-for") {
      classic = true;
      for (std::string_view part : parts_of(header.value, ',')) hops.push_back({address_of(part), ""});
    } else if (header.name == "forwarded") {
      standard = true;
      for (std::string_view part : parts_of(header.value, ',')) hops.push_back(hop_of(part));
    } else if (header.name == "x-forwarded-proto") {
      proto = base::text::lower(std::string(parts_of(header.value, ',').back()));
    }
  }
  if (classic && standard) {
    request.refusal = {400, "Forwarded and X-Forwarded-For: the proxy must take one of them away"};
    return;
  }
  if (hops.empty()) return;
  request.proxy = request.peer;
  if (standard) proto = hops.back().proto;
  if (!proto.empty()) request.secure = proto == "https";
  // From the nearest on; behind one that is not trusted anything may stand.
  for (auto hop = hops.rbegin(); hop != hops.rend(); ++hop) {
    if (hop->address.empty()) return;
    request.peer = hop->address;
    if (!trust(request.peer)) return;
  }
}

}  // namespace host::http
