#include "ami/hub.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>
#include <tuple>
#include <unordered_map>

#include "base/log.h"
#include "base/text.h"
#include "loop/mailbox.h"
#include "loop/timer.h"

namespace host::ami {

using base::Code;
using base::Error;
using base::Result;

static std::int64_t wall_clock() noexcept { return static_cast<std::int64_t>(::time(nullptr)); }

static constexpr std::uint64_t list_timeout_ms = 30000;
// Phones that register in a row are looked at together.
static constexpr std::uint64_t refine_delay_ms = 250;
static constexpr std::size_t refine_one_by_one = 20;
static constexpr std::uint64_t reload_delay_ms = 500;

namespace {

struct Subscriber {
  Subscriber(loop::Loop& loop, EventFilter filter, Hub::OnEvents callback)
      : loop(loop), filter(std::move(filter)), callback(std::move(callback)) {}

  bool wants(std::string_view name, std::string_view tenant) const {
    if (!filter.everything && tenant != filter.tenant) return false;
    return filter.names.empty() ||
           std::find(filter.names.begin(), filter.names.end(), name) != filter.names.end();
  }

  loop::Loop& loop;
  const EventFilter filter;
  Hub::OnEvents callback;  // used and destroyed on `loop`'s thread
  std::atomic<bool> dropped = false;
  std::mutex mutex;
  std::deque<Event> queue;
  std::uint64_t lost = 0;
  bool posted = false;
};

// A caller's wait: what crosses between its loop and the hub's.
struct Request {
  Request(loop::Loop& loop, Hub::Done done) : loop(loop), done(std::move(done)) {}
  loop::Loop& loop;
  Hub::Done done;  // used and destroyed on `loop`'s thread
  std::atomic<bool> dropped = false;
  loop::Pending sending;  // hub's thread only
};

struct Shared {
  mutable std::mutex mutex;  // guards every Live, every status and `subscribers`
  std::vector<std::shared_ptr<Subscriber>> subscribers;
};

void deliver(const std::shared_ptr<Subscriber>& subscriber) {
  std::deque<Event> batch;
  std::uint64_t lost = 0;
  {
    std::lock_guard lock(subscriber->mutex);
    subscriber->posted = false;
    batch.swap(subscriber->queue);
    lost = std::exchange(subscriber->lost, 0);
  }
  if (subscriber->dropped || !subscriber->callback) return;
  // The callback may drop the subscription, and with it itself.
  Hub::OnEvents callback = std::exchange(subscriber->callback, nullptr);
  callback({std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end())}, lost);
  if (!subscriber->dropped) subscriber->callback = std::move(callback);
}

// One node: its connection and its live state.
class Node final : public Watcher {
 public:
  Node(loop::Loop& loop, NodeSettings settings, Shared& shared)
      : shared_(shared),
        name_(settings.node),
        live(settings.node),
        client(loop, std::move(settings), *this),
        refine_(loop, [this] { refine(); }),
        relist_(loop, [this] { list_everything(); }) {
    status.node = name_;
    status.since = wall_clock();
  }

  void on_up() override {
    set_state(State::up, "");
    list_everything();
  }

  void on_down(const Error& error) override {
    lists_.clear();
    refining_.clear();
    asking_.clear();
    refine_.stop();
    relist_.stop();
    std::lock_guard lock(shared_.mutex);
    live.abandon_lists();
    set_state_locked(State::down, error.message);
    status.synced = false;
  }

  void on_event(Packet event) override {
    const std::string name(event.get("Event"));
    // Modules may have come or gone with everything they know.
    if (name == "Reload") relist_.start(reload_delay_ms);
    auto packet = std::make_shared<const Packet>(std::move(event));
    bool incomplete = false;
    {
      std::lock_guard lock(shared_.mutex);
      std::string tenant;
      if (!shared_.subscribers.empty()) {
        tenant = live.tenant(*packet);  // before a Hangup takes the channel away
        publish(name, tenant, packet);
      }
      bool waiting = live.has_unlisted_queues();  // the timer runs already
      live.apply(*packet, wall_clock());
      status.counters = client.counters();
      incomplete = name == "ContactStatus" || (!waiting && live.has_unlisted_queues());
    }
    if (incomplete) refine_.start(refine_delay_ms);
  }

 private:
  void set_state(State state, std::string error) {
    std::lock_guard lock(shared_.mutex);
    set_state_locked(state, std::move(error));
  }

  void set_state_locked(State state, std::string error) {
    if (status.state != state) status.since = wall_clock();
    status.state = state;
    status.error = std::move(error);
    if (state == State::up) status.version = client.version();
    status.counters = client.counters();
  }

  void publish(std::string_view name, const std::string& tenant,
               const std::shared_ptr<const Packet>& packet) {
    auto& all = shared_.subscribers;
    std::erase_if(all, [](const auto& subscriber) { return subscriber->dropped.load(); });
    for (const auto& subscriber : all) {
      if (!subscriber->wants(name, tenant)) continue;
      bool post = false;
      {
        std::lock_guard lock(subscriber->mutex);
        if (subscriber->queue.size() >= Hub::most_queued) {
          subscriber->queue.pop_front();
          ++subscriber->lost;
        }
        subscriber->queue.push_back({name_, tenant, packet});
        post = !std::exchange(subscriber->posted, true);
      }
      if (post) subscriber->loop.post([subscriber] { deliver(subscriber); });
    }
  }

  void list_everything() {
    lists_.clear();
    left_ = std::size(all_lists);
    for (List list : all_lists) {
      {
        std::lock_guard lock(shared_.mutex);
        live.begin(list);
      }
      lists_.push_back(client.send(Action(action_of(list)), list_timeout_ms,
                                   [this, list](Result<Reply> reply) { listed(list, std::move(reply)); }));
    }
  }

  void listed(List list, Result<Reply> reply) {
    // `refused`: this Asterisk has no such module, or nothing to list. Any other error
    // means the connection is lost, and the lists come again with the next one.
    if (!reply && reply.error().code != Code::refused) return;
    std::lock_guard lock(shared_.mutex);
    live.end(list, reply ? reply->events : std::vector<Packet>(), wall_clock());
    if (--left_ == 0) status.synced = true;
    status.counters = client.counters();
  }

  // What events leave out of the contacts and queues they are the first to name.
  void refine() {
    refining_.clear();
    refine_contacts();
    refine_queues();
  }

  void refine_queues() {
    std::unordered_set<std::string> names;
    {
      std::lock_guard lock(shared_.mutex);
      names = live.take_unlisted_queues();
      for (const std::string& name : names) live.begin_queue(name);
    }
    for (const std::string& name : names) {
      asking_[name] = client.send(
          Action("QueueStatus").add("Queue", name), list_timeout_ms, [this, name](Result<Reply> reply) {
            std::lock_guard lock(shared_.mutex);
            live.end_queue(name, reply ? reply->events : std::vector<Packet>(), wall_clock());
          });
    }
  }

  // ContactStatus does not tell the user agent, the address and the expiry.
  void refine_contacts() {
    std::unordered_set<std::string> endpoints;
    {
      std::lock_guard lock(shared_.mutex);
      endpoints = live.take_unrefined();
      if (endpoints.size() > refine_one_by_one) live.begin(List::contacts);
    }
    if (endpoints.size() > refine_one_by_one) {
      refining_.push_back(client.send(Action(action_of(List::contacts)), list_timeout_ms,
                                      [this](Result<Reply> reply) {
                                        std::lock_guard lock(shared_.mutex);
                                        if (reply) live.end(List::contacts, reply->events, wall_clock());
                                      }));
      return;
    }
    for (const std::string& endpoint : endpoints) {
      refining_.push_back(client.send(Action("PJSIPShowEndpoint").add("Endpoint", endpoint),
                                      list_timeout_ms, [this](Result<Reply> reply) {
                                        std::lock_guard lock(shared_.mutex);
                                        if (reply) live.refine_contacts(reply->events);
                                      }));
    }
  }

  Shared& shared_;
  std::string name_;
  std::size_t left_ = 0;

 public:
  Live live;          // under the lock
  NodeStatus status;  // under the lock
  Client client;      // hub's thread only

 private:
  loop::Timer refine_;
  loop::Timer relist_;
  std::vector<loop::Pending> lists_, refining_;
  std::unordered_map<std::string, loop::Pending> asking_;  // by queue, the last one
};

}  // namespace

struct Hub::Implementation {
  Shared shared;
  std::vector<NodeSettings> settings;
  loop::Loop loop;
  std::vector<std::unique_ptr<Node>> nodes;
  std::thread thread;
  // The way back for a Pending that may be dropped after the hub ended.
  std::shared_ptr<loop::Mailbox> gate = std::make_shared<loop::Mailbox>(loop);

  // An action for no node in particular goes to the first one that is up.
  Node* choose(std::string_view name) const {
    for (const auto& node : nodes) {
      if (name.empty() ? node->client.state() == State::up : node->status.node == name) return node.get();
    }
    return name.empty() && !nodes.empty() ? nodes.front().get() : nullptr;
  }

  void send(const std::shared_ptr<Request>& request, const std::string& name, Action action,
            std::uint64_t timeout_ms) {
    if (request->dropped) return;
    Node* node = choose(name);
    if (!node) {
      answer(request, name.empty() ? base::unavailable("no asterisk node is configured")
                                   : base::not_found("no such node: " + name));
      return;
    }
    request->sending = node->client.send(std::move(action), timeout_ms,
                                         [request](Result<Reply> reply) { answer(request, std::move(reply)); });
  }

  static void answer(std::shared_ptr<Request> request, Result<Reply> reply) {
    // Here, not wherever the last reference to the request goes.
    request->sending = {};
    loop::Loop& loop = request->loop;
    loop.post([request = std::move(request), reply = std::move(reply)]() mutable {
      if (request->dropped || !request->done) return;
      Done done = std::move(request->done);
      request->done = nullptr;
      done(std::move(reply));
    });
  }
};

Hub::Hub(std::vector<NodeSettings> nodes) : implementation_(std::make_unique<Implementation>()) {
  for (NodeSettings& settings : nodes) {
    implementation_->nodes.push_back(
        std::make_unique<Node>(implementation_->loop, std::move(settings), implementation_->shared));
  }
}

void Hub::start() {
  Implementation& self = *implementation_;
  self.thread = std::thread([&self] {
    for (const auto& node : self.nodes) node->client.start();
    self.loop.run();
  });
}

Hub::~Hub() {
  Implementation& self = *implementation_;
  if (self.thread.joinable()) {
    self.loop.post([&self] { self.loop.stop(); });
    self.thread.join();
  }
  self.gate->close();
  // The thread is gone: its loop's objects may be destroyed here.
  self.nodes.clear();
}

loop::Pending Hub::send(loop::Loop& reply_loop, std::string node, Action action,
                        std::uint64_t timeout_ms, Done done) {
  auto request = std::make_shared<Request>(reply_loop, std::move(done));
  Implementation* self = implementation_.get();
  self->loop.post([self, request, node = std::move(node), action = std::move(action),
                   timeout_ms]() mutable { self->send(request, node, std::move(action), timeout_ms); });
  return loop::Pending::cancelled_by([gate = self->gate, request] {
    request->dropped = true;
    if (!request->done) return;  // answered
    request->done = nullptr;
    gate->post([request] { request->sending = {}; });
  });
}

// ---- live state -----------------------------------------------------------------

static bool sees(const Sight& sight, std::string_view tenant) {
  return sight.everything || (!tenant.empty() && tenant == sight.tenant);
}

std::vector<NodeStatus> Hub::nodes() const {
  std::lock_guard lock(implementation_->shared.mutex);
  std::vector<NodeStatus> out;
  for (const auto& node : implementation_->nodes) out.push_back(node->status);
  return out;
}

static bool fits(const Channel& channel, const ChannelFilter& filter) {
  auto is = [](const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  };
  return is(filter.node, channel.node) && is(filter.name, channel.name) &&
         is(filter.uniqueid, channel.uniqueid) && is(filter.linkedid, channel.linkedid) &&
         is(filter.peer, channel.peer);
}

std::vector<Channel> Hub::channels(const Sight& sight, const ChannelFilter& filter) const {
  std::vector<Channel> out;
  {
    std::lock_guard lock(implementation_->shared.mutex);
    for (const auto& node : implementation_->nodes) {
      for (const auto& [uniqueid, entry] : node->live.channels()) {
        std::string_view tenant = node->live.tenant(entry.value);
        if (!sees(sight, tenant) || !fits(entry.value, filter)) continue;
        out.push_back(entry.value);
        out.back().tenant = tenant;
      }
    }
  }
  auto order = [](const Channel& channel) {
    // "1795297635.92" after "1795297635.9": by length before text.
    return std::tuple(channel.created, channel.uniqueid.size(), std::string_view(channel.uniqueid));
  };
  std::sort(out.begin(), out.end(),
            [&](const Channel& a, const Channel& b) { return order(a) < order(b); });
  return out;
}

std::optional<Channel> Hub::channel(const Sight& sight, std::string_view name) const {
  std::lock_guard lock(implementation_->shared.mutex);
  for (const auto& node : implementation_->nodes) {
    const Channel* found = node->live.channel(name);
    if (!found || !sees(sight, node->live.tenant(*found))) continue;
    Channel channel = *found;
    channel.tenant = node->live.tenant(*found);
    return channel;
  }
  return std::nullopt;
}

std::vector<Count> Hub::count(const Sight& sight) const {
  std::lock_guard lock(implementation_->shared.mutex);
  std::vector<Count> out;
  for (const auto& node : implementation_->nodes) {
    Count count{node->status.node};
    std::unordered_set<std::string_view> calls;
    for (const auto& [uniqueid, entry] : node->live.channels()) {
      if (!sees(sight, node->live.tenant(entry.value))) continue;
      ++count.channels;
      calls.insert(entry.value.linkedid);
    }
    count.calls = calls.size();
    out.push_back(std::move(count));
  }
  return out;
}

std::vector<Bridge> Hub::bridges() const {
  std::lock_guard lock(implementation_->shared.mutex);
  std::vector<Bridge> out;
  for (const auto& node : implementation_->nodes) {
    for (const auto& [id, entry] : node->live.bridges()) out.push_back(entry.value);
  }
  return out;
}

std::vector<Contact> Hub::contacts(const Sight& sight, std::string_view endpoint) const {
  std::vector<Contact> out;
  {
    std::lock_guard lock(implementation_->shared.mutex);
    for (const auto& node : implementation_->nodes) {
      for (const auto& [key, entry] : node->live.contacts()) {
        const Contact& contact = entry.value;
        if (!endpoint.empty() && contact.endpoint != endpoint && contact.aor != endpoint) continue;
        if (sees(sight, tenant_of_peer(contact.endpoint))) out.push_back(contact);
      }
    }
  }
  std::sort(out.begin(), out.end(), [](const Contact& a, const Contact& b) {
    return std::tie(a.endpoint, a.uri, a.node) < std::tie(b.endpoint, b.uri, b.node);
  });
  return out;
}

std::string Hub::device_state(std::string_view device) const {
  std::lock_guard lock(implementation_->shared.mutex);
  std::string state;
  std::string key(device);
  for (const auto& node : implementation_->nodes) {
    auto found = node->live.devices().find(key);
    if (found == node->live.devices().end()) continue;
    const std::string& word = found->second.value;
    if (state.empty() || state == "UNAVAILABLE" || state == "UNKNOWN" || state == "INVALID") state = word;
  }
  return state;
}

std::optional<ExtensionState> Hub::extension_state(std::string_view exten,
                                                   std::string_view context) const {
  std::lock_guard lock(implementation_->shared.mutex);
  std::string key = std::string(exten).append("@").append(context);
  for (const auto& node : implementation_->nodes) {
    auto found = node->live.extensions().find(key);
    if (found != node->live.extensions().end()) return found->second.value;
  }
  return std::nullopt;
}

std::vector<Queue> Hub::queues(const Sight& sight, std::string_view name) const {
  std::vector<Queue> out;
  std::lock_guard lock(implementation_->shared.mutex);
  for (const auto& node : implementation_->nodes) {
    const Live& live = node->live;
    for (const auto& [key, entry] : live.queues()) {
      if (name.empty() ? !sees(sight, entry.value.tenant) : key != name) continue;
      if (!entry.value.tenant.empty() && !sees(sight, entry.value.tenant)) continue;
      Queue queue = entry.value;
      if (!sight.everything) {
        auto own = [&](const QueueMember& member) { return sees(sight, tenant_of_member(member)); };
        // A member that names no tenant belongs to whom the queue is known to belong to.
        bool owned = sees(sight, queue.tenant) ||
                     std::any_of(queue.members.begin(), queue.members.end(), own);
        std::erase_if(queue.members, [&](const QueueMember& member) {
          return !own(member) && !(owned && tenant_of_member(member).empty());
        });
        std::erase_if(queue.callers, [&](const QueueCaller& caller) {
          const Channel* channel = live.channel(caller.uniqueid);
          return !channel || !sees(sight, live.tenant(*channel));
        });
      }
      out.push_back(std::move(queue));
    }
  }
  std::sort(out.begin(), out.end(), [](const Queue& a, const Queue& b) {
    return std::tie(a.name, a.node) < std::tie(b.name, b.node);
  });
  return out;
}

std::vector<Parked> Hub::parked(const Sight& sight) const {
  std::vector<Parked> out;
  std::lock_guard lock(implementation_->shared.mutex);
  for (const auto& node : implementation_->nodes) {
    for (const auto& [key, entry] : node->live.parked()) {
      if (sees(sight, entry.value.tenant)) out.push_back(entry.value);
    }
  }
  std::sort(out.begin(), out.end(), [](const Parked& a, const Parked& b) {
    return std::tie(a.lot, a.space, a.node) < std::tie(b.lot, b.space, b.node);
  });
  return out;
}

std::vector<Registration> Hub::registrations(const Sight& sight) const {
  std::vector<Registration> out;
  std::lock_guard lock(implementation_->shared.mutex);
  for (const auto& node : implementation_->nodes) {
    for (const auto& [key, entry] : node->live.registrations()) {
      if (sees(sight, tenant_of_peer(entry.value.id))) out.push_back(entry.value);
    }
  }
  std::sort(out.begin(), out.end(), [](const Registration& a, const Registration& b) {
    return std::tie(a.id, a.node) < std::tie(b.id, b.node);
  });
  return out;
}

loop::Pending Hub::subscribe(loop::Loop& reply_loop, EventFilter filter, OnEvents callback) {
  auto subscriber = std::make_shared<Subscriber>(reply_loop, std::move(filter), std::move(callback));
  {
    std::lock_guard lock(implementation_->shared.mutex);
    implementation_->shared.subscribers.push_back(subscriber);
  }
  return loop::Pending::cancelled_by([subscriber] {
    subscriber->dropped = true;
    subscriber->callback = nullptr;
  });
}

}  // namespace host::ami
