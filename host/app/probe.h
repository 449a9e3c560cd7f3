// What a Lua test may do to the store of the host under test: count its statements and make one of
// them fail. Shared by the test's thread and the lanes; outlives the host.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "script/test_world.h"
#include "store/store.h"

namespace host::app {

class Probe final : public script::StoreProbe {
 public:
  // `inner` with the probe around it; lives as long as the probe, and `inner` must live as long as
  // anything made of it.
  store::Database& around(store::Database& inner);

  std::uint64_t fail(std::uint64_t count) noexcept override { return countdown_.exchange(count); }
  void lose(std::uint64_t count) noexcept override { losing_ = count; }
  Counts counts() noexcept override { return {reads_.exchange(0), statements_.exchange(0)}; }

  void read() noexcept { ++reads_; }
  // Counts a statement of a transaction; true when it is the one that has to fail.
  bool statement() noexcept;
  // Its commit, which fails as a statement does and is not counted as one.
  bool ends() noexcept;
  // Whether the answer to it is lost.
  bool loses() noexcept { return counts_down(losing_); }

 private:
  static bool counts_down(std::atomic<std::uint64_t>& count) noexcept;

  std::atomic<std::uint64_t> reads_{0}, statements_{0}, countdown_{0}, losing_{0};
  std::mutex mutex_;
  std::vector<std::unique_ptr<store::Database>> wrapped_;
};

}  // namespace host::app
