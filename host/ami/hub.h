// The PBX hub: one thread and one loop for the AMI connections of all nodes. Lanes ask
// it from their own threads. Loops given to send() and subscribe() must outlive the
// hub; after a Pending is dropped on its loop's thread, its callback does not run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ami/action.h"
#include "ami/client.h"
#include "ami/live.h"
#include "base/function.h"
#include "base/result.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::ami {

struct NodeStatus {
  std::string node;
  State state = State::connecting;
  bool synced = false;     // the live state has been listed since the last connect
  std::int64_t since = 0;  // epoch seconds of the last change of `state`
  std::string error;       // why it is not up
  std::string version;     // the banner
  Counters counters;
};

// Whose data a query may show.
struct Sight {
  bool everything = false;
  std::string tenant;
};

struct ChannelFilter {
  std::string node, name, uniqueid, linkedid, peer;  // "" = any
};

struct Count {
  std::string node;
  std::size_t channels = 0, calls = 0;  // a call is a linkedid
};

struct Event {
  std::string node;
  std::string tenant;  // "" = nobody's in particular
  std::shared_ptr<const Packet> packet;
};

struct EventFilter {
  std::vector<std::string> names;  // event names; empty = all
  bool everything = true;          // else only events of `tenant`
  std::string tenant;
};

class Hub {
 public:
  explicit Hub(std::vector<NodeSettings> nodes);
  ~Hub();  // ends the connections and the thread
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  void start();

  // ---- actions (any thread; `done` runs on `reply_loop`) ----
  using Done = base::Function<void(base::Result<Reply>)>;
  // To the named node, or with "" to the first one that is up. `not_found` no such
  // node; `unavailable` it is away. Dropping the Pending forgets the reply.
  loop::Pending send(loop::Loop& reply_loop, std::string node, Action action,
                     std::uint64_t timeout_ms, Done done);

  // ---- live state (any thread; copies) ----
  std::vector<NodeStatus> nodes() const;
  std::vector<Channel> channels(const Sight& sight, const ChannelFilter& filter = {}) const;
  // By name or uniqueid.
  std::optional<Channel> channel(const Sight& sight, std::string_view name) const;
  std::vector<Count> count(const Sight& sight) const;  // per node
  std::vector<Bridge> bridges() const;
  std::vector<Contact> contacts(const Sight& sight, std::string_view endpoint = {}) const;
  // "" when no node knows it. A state other than UNAVAILABLE wins over other nodes'.
  std::string device_state(std::string_view device) const;
  std::optional<ExtensionState> extension_state(std::string_view exten,
                                                std::string_view context) const;
  // All queues of a tenant, or one by name. Members and callers of other tenants are
  // left out: the name of a realtime queue does not say whose it is.
  std::vector<Queue> queues(const Sight& sight, std::string_view name = {}) const;
  std::vector<Parked> parked(const Sight& sight) const;
  std::vector<Registration> registrations(const Sight& sight) const;

  // ---- events ----
  // Batches in order on `reply_loop`. When a subscriber is slow the oldest events are
  // dropped and `lost` says how many before this batch.
  using OnEvents = base::Function<void(std::vector<Event> events, std::uint64_t lost)>;
  static constexpr std::size_t most_queued = 4096;
  loop::Pending subscribe(loop::Loop& reply_loop, EventFilter filter, OnEvents callback);

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace host::ami
