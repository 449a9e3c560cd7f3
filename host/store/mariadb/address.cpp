#include "store/mariadb/address.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "base/text.h"

namespace host::store::mariadb {

using base::Result;

static Result<std::string> decoded(std::string_view text, const char* what) {
  auto out = base::text::percent_decode(text, false);
  if (!out || base::text::has_line_break(*out)) return base::invalid(fmt::format("database: not a {} in the address", what));
  return *out;
}

static Result<std::string> secret_of(std::string password) {
  if (!password.starts_with("file:")) return password;
  std::ifstream in(password.substr(5));
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in && text.empty()) return base::invalid("database: cannot read the password's " + password);
  return std::string(base::text::trim(text));
}

static Result<void> set_option(Address& address, std::string_view name, std::string value) {
  if (name == "ssl-ca") {
    address.ca = std::move(value);
  } else if (name == "ssl-cert") {
    address.certificate = std::move(value);
  } else if (name == "ssl-key") {
    address.key = std::move(value);
  } else if (name == "socket") {
    address.socket = std::move(value);
  } else if (name == "ssl-mode") {
    if (value == "disabled") {
      address.tls = Address::Tls::off;
    } else if (value == "required") {
      address.tls = Address::Tls::required;
    } else if (value == "verify-ca" || value == "verify-identity") {
      address.tls = Address::Tls::verified;
    } else {
      return base::invalid("database: ssl-mode: not disabled, required, verify-ca or verify-identity: " + value);
    }
  } else {
    return base::invalid(fmt::format("database: not an option: {}", name));
  }
  return {};
}

static Result<Address::Host> host_of(std::string_view text) {
  Address::Host host;
  std::string_view name = text, port;
  if (text.starts_with('[')) {  // an IPv6 address
    auto end = text.find(']');
    if (end == text.npos) return base::invalid("database: not a host in the address");
    name = text.substr(1, end - 1);
    port = text.substr(end + 1);
  } else if (auto colon = text.find(':'); colon != text.npos) {
    name = text.substr(0, colon);
    port = text.substr(colon);
  }
  TRY(host.name, decoded(name, "host"));
  if (!port.empty()) {
    auto number = port.starts_with(':') ? base::text::integer(port.substr(1)) : std::nullopt;
    if (!number || *number < 1 || *number > 65535) return base::invalid("database: not a port in the address");
    host.port = static_cast<std::uint16_t>(*number);
  }
  return host;
}

Result<Address> parse_address(std::string_view url) {
  Address address;
  std::string_view rest = url.substr(url.find("://") + 3);
  if (auto question = rest.find('?'); question != rest.npos) {
    for (std::string_view option : base::text::split(rest.substr(question + 1), '&')) {
      auto equals = option.find('=');
      if (equals == option.npos) return base::invalid("database: an option without a value in the address");
      TRY(std::string value, decoded(option.substr(equals + 1), "value of an option"));
      TRY_VOID(set_option(address, option.substr(0, equals), std::move(value)));
    }
    rest = rest.substr(0, question);
  }
  // The last one: people write `@` in passwords.
  if (auto at = rest.rfind('@'); at != rest.npos) {
    std::string_view who = rest.substr(0, at);
    auto colon = who.find(':');
    TRY(address.user, decoded(who.substr(0, colon), "user"));
    if (colon != who.npos) {
      TRY(std::string password, decoded(who.substr(colon + 1), "password"));
      TRY(address.password, secret_of(std::move(password)));
    }
    rest = rest.substr(at + 1);
  }
  auto slash = rest.find('/');
  if (slash == rest.npos) return base::invalid("database: no database in the address");
  TRY(address.database, decoded(rest.substr(slash + 1), "database"));
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  if (address.database.empty() || address.database.size() > 64 || address.database.find_first_not_of(letters) != std::string::npos) {
    return base::invalid("database: letters, digits, _ and - name a database: " + address.database.substr(0, 64));
  }
  for (std::string_view text : base::text::split(rest.substr(0, slash), ',')) {
    if (text.empty()) continue;
    TRY(Address::Host host, host_of(text));
    address.hosts.push_back(std::move(host));
  }
  if (address.hosts.empty()) address.hosts.push_back({"127.0.0.1"});
  if (address.tls == Address::Tls::off && !address.ca.empty()) address.tls = Address::Tls::verified;
  return address;
}

}  // namespace host::store::mariadb
