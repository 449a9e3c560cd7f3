#include "base/machine.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include <bit>
#include <charconv>
#include <cstdint>
#include <map>

namespace host::base::machine {

namespace {

constexpr std::size_t most_bytes = 256 << 10;

std::string read_small(const char* path) {
  int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return "";
  std::string text(most_bytes, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    ssize_t got = ::read(file, text.data() + filled, text.size() - filled);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  ::close(file);
  text.resize(filled);
  return text;
}

std::string address_text(std::uint32_t network_order) {
  char text[INET_ADDRSTRLEN] = "";
  in_addr address{network_order};
  ::inet_ntop(AF_INET, &address, text, sizeof text);
  return text;
}

std::string address_of(const sockaddr* address) {
  if (!address || address->sa_family != AF_INET) return "";
  return address_text(reinterpret_cast<const sockaddr_in*>(address)->sin_addr.s_addr);
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < line.size()) {
    std::size_t from = line.find_first_not_of(" \t\r", at);
    if (from == std::string_view::npos) break;
    std::size_t to = line.find_first_of(" \t\r", from);
    if (to == std::string_view::npos) to = line.size();
    words.push_back(line.substr(from, to - from));
    at = to;
  }
  return words;
}

template <typename Each>
void each_line(std::string_view text, Each each) {
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    each(words_of(text.substr(0, end)));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

bool hex(std::string_view text, std::uint32_t& value) {
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return problem == std::errc() && end == text.data() + text.size() && text.size() == 8;
}

}  // namespace

std::vector<Interface> interfaces() {
  std::vector<Interface> list;
  std::map<std::string, std::size_t> known;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return list;
  for (ifaddrs* it = all; it; it = it->ifa_next) {
    if (it->ifa_flags & IFF_LOOPBACK) continue;
    auto [found, fresh] = known.emplace(it->ifa_name, list.size());
    if (fresh) list.push_back({it->ifa_name, (it->ifa_flags & IFF_UP) != 0, "", ""});
    Interface& one = list[found->second];
    std::string address = address_of(it->ifa_addr);
    if (address.empty() || !one.address.empty()) continue;
    one.address = std::move(address);
    one.netmask = address_of(it->ifa_netmask);
  }
  ::freeifaddrs(all);
  return list;
}

// Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT, numbers in the machine's order.
std::vector<Route> parse_routes(std::string_view text) {
  std::vector<Route> list;
  each_line(text, [&](const std::vector<std::string_view>& words) {
    std::uint32_t destination = 0, gateway = 0, mask = 0;
    if (words.size() < 8 || !hex(words[1], destination) || !hex(words[2], gateway) || !hex(words[7], mask)) return;
    if (gateway == 0) return;
    list.push_back({std::string(words[0]), address_text(destination) + "/" + std::to_string(std::popcount(mask)),
                    address_text(gateway)});
  });
  return list;
}

std::vector<std::string> parse_name_servers(std::string_view text) {
  std::vector<std::string> list;
  each_line(text, [&](const std::vector<std::string_view>& words) {
    if (words.size() >= 2 && words[0] == "nameserver") list.emplace_back(words[1]);
  });
  return list;
}

std::vector<Route> routes() { return parse_routes(read_small("/proc/net/route")); }

std::vector<std::string> name_servers() { return parse_name_servers(read_small("/etc/resolv.conf")); }

std::string name() {
  char text[256] = {};
  return ::gethostname(text, sizeof text - 1) == 0 ? text : "";
}

}  // namespace host::base::machine
