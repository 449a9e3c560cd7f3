// What the tests of host/ami share: recorded streams, and a loop that is turned until
// something has happened.
#pragma once

#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include "ami/client.h"
#include "ami/fake.h"
#include "ami/live.h"
#include "loop/loop.h"

// base/result.h and Catch2 both have a CHECK; the tests here say REQUIRE.
#undef CHECK
#include <catch2/catch.hpp>

namespace support {

inline std::string recording(const std::string& name) {
  std::ifstream file(std::string(PATCHBAY_SOURCE_DIR) + "/tests/fixtures/ami/" + name + ".ami",
                     std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<host::ami::Packet> packets(std::string_view bytes) {
  host::ami::Framer framer;
  framer.append(bytes);
  std::vector<host::ami::Packet> out;
  for (auto packet = framer.next(); packet && *packet; packet = framer.next()) {
    out.push_back(std::move(**packet));
  }
  return out;
}

// Turns the loop until `done()`, at most a minute.
template <typename Done>
bool turn_until(host::loop::Loop& loop, Done done) {
  auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!done()) {
    if (std::chrono::steady_clock::now() > end) return false;
    loop.poll();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

}  // namespace support
