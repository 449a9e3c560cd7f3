// Bytes of a manager through framing, packets and live state: no input may crash it,
// and how the bytes are cut into reads must not matter.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "ami/live.h"
#include "ami/packet.h"

using host::ami::Framer;
using host::ami::List;
using host::ami::Live;
using host::ami::Packet;

static std::vector<Packet> read(std::string_view bytes, std::size_t step) {
  Framer framer(1 << 16);
  std::vector<Packet> out;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    framer.append(bytes.substr(at, step));
    auto packet = framer.next();
    for (; packet && *packet; packet = framer.next()) out.push_back(std::move(**packet));
    if (!packet) break;
  }
  return out;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<Packet> packets = read(bytes, size + 1);
  std::vector<Packet> again = read(bytes, 3);
  // The limit may strike at another place; below it the packets are the same.
  if (size < (1 << 16)) {
    if (packets.size() != again.size()) std::abort();
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (packets[i].serialise() != again[i].serialise()) std::abort();
    }
  }
  Live live("fuzz");
  for (List list : host::ami::all_lists) live.begin(list);
  for (const Packet& packet : packets) {
    (void)live.tenant(packet);
    live.apply(packet, 1795300000);
  }
  for (List list : host::ami::all_lists) live.end(list, packets, 1795300000);
  live.refine_contacts(packets);
  return 0;
}
