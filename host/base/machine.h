// What the machine says of its network, read anew at each call: IPv4 addresses of its interfaces, its
// routes by a gateway, its name servers, its own name. Nothing waits; what cannot be read is empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace host::base::machine {

struct Interface {
  std::string name;
  bool up = false;
  std::string address;  // "" without an IPv4 address
  std::string netmask;
};

struct Route {
  std::string interface;
  std::string destination;  // "192.168.1.0/24"; "0.0.0.0/0" is the default
  std::string gateway;
};

// Without loopback, in the kernel's order.
std::vector<Interface> interfaces();
std::vector<Route> routes();
std::vector<std::string> name_servers();
// Its own, as the kernel has it; "" without one.
std::string name();

// The texts that routes() and name_servers() read: /proc/net/route and resolv.conf.
std::vector<Route> parse_routes(std::string_view text);
std::vector<std::string> parse_name_servers(std::string_view text);

}  // namespace host::base::machine
