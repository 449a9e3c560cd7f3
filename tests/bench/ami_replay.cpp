// Manager events per second through the real framing, packets and live state, replayed
// from recorded streams:  ami_replay FILE...  Prints one line; asserts nothing.
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "ami/live.h"

int main(int count, char** files) {
  std::string recorded;
  for (int i = 1; i < count; ++i) {
    std::ifstream file(files[i], std::ios::binary);
    recorded.append(std::istreambuf_iterator<char>(file), {});
  }
  if (recorded.empty()) {
    std::fprintf(stderr, "usage: ami_replay FILE...\n");
    return 2;
  }
  static constexpr std::size_t wanted = 100u << 20;
  std::string stream;
  while (stream.size() < wanted) stream += recorded;
  host::ami::Live live("bench");
  auto start = std::chrono::steady_clock::now();
  std::size_t events = host::ami::replay(live, stream, 1795300000);
  std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf("ami events/s %.0f  MB/s %.0f  events %zu\n", static_cast<double>(events) / taken.count(),
              static_cast<double>(stream.size()) / 1e6 / taken.count(), events);
}
