// Ledger: what clients hold of the host, counted for all lanes together: open connections of
// each address, and bytes of answers that were made and not read, in all, of each address and
// of each key. Thread-safe; made by the host, outlives its servers.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "base/seldom.h"

namespace host::http {

struct LedgerLimits {
  std::size_t unread_bytes = 256u << 20;
  std::size_t unread_address_bytes = 128u << 20;
  std::size_t unread_key_bytes = 128u << 20;
  std::size_t address_connections = 2'000;
};

// Who an answer is for. `key` is what the access log calls it ("key=12"); empty: nobody known.
struct Payer {
  std::string address;
  std::string key;
};

class Ledger {
 public:
  enum class Bound { none, address, key, host };

  explicit Ledger(LedgerLimits limits = {});
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  // A connection begins: false when its address has as many as it may. One that was let in
  // leaves once. What comes through a unix socket has no address of its own.
  bool enter(const std::string& address);
  void leave(const std::string& address) noexcept;

  // What an answer holds changes from `before` to `after`. The bound that is passed by it, if
  // any; it is counted all the same, and the caller gives it back.
  Bound change(const Payer& payer, std::size_t before, std::size_t after);
  // More is held than all together may.
  bool over() const;
  // Would `more` bytes for this payer pass a bound of its own? Counted and told when so.
  Bound refuse(const Payer& payer, std::size_t more);
  // An answer was cut for a bound: counted, and told in the log now and then.
  void cut(const Payer& payer, Bound bound);

  struct Counters {
    std::size_t unread_bytes = 0;
    std::size_t unread_most = 0;  // at once since the last call of settle()
    std::uint64_t cut_address = 0, cut_key = 0, cut_host = 0;
    std::uint64_t refused_connections = 0;
  };
  Counters counters() const;
  // True when much was held since the last call and is not any more: a time to give memory
  // back to the system.
  bool settle() noexcept;

 private:
  struct Held {
    std::size_t connections = 0;
    std::size_t bytes = 0;
  };
  using Holders = std::map<std::string, Held, std::less<>>;

  static void add(Holders& holders, const std::string& name, std::size_t before, std::size_t after);
  static std::size_t held(const Holders& holders, std::string_view name);

  const LedgerLimits limits_;
  mutable std::mutex mutex_;
  Holders addresses_;
  Holders keys_;
  Counters counters_;
  base::Seldom told_connections_;
  std::array<base::Seldom, 4> told_cut_;  // by Bound
};

}  // namespace host::http
