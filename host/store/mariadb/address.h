// mysql://user:password@host:3306,other/database?ssl-mode=verify-ca&ssl-ca=/path as a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::store::mariadb {

struct Address {
  struct Host {
    std::string name;
    std::uint16_t port = 3306;
    bool operator==(const Host&) const = default;
  };
  enum class Tls { off, required, verified };

  std::vector<Host> hosts;  // tried in this order
  std::string socket;       // in place of hosts
  std::string user, password, database;
  Tls tls = Tls::off;
  std::string ca, certificate, key;
};

// A password `file:/path` is read from there. Errors name no part that may be secret.
base::Result<Address> parse_address(std::string_view url);

}  // namespace host::store::mariadb
