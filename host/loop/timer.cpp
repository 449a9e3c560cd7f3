#include "loop/timer.h"

#include <uv.h>

#include <map>

namespace host::loop {

struct Timer::Handle {
  uv_timer_t timer;
  base::Function<void()> callback;
  bool detached = false;
};

Timer::Timer(Loop& loop, base::Function<void()> callback) : handle_(new Handle) {
  handle_->callback = std::move(callback);
  uv_timer_init(loop.raw(), &handle_->timer);
  handle_->timer.data = handle_;
}

Timer::~Timer() {
  handle_->detached = true;
  uv_close(reinterpret_cast<uv_handle_t*>(&handle_->timer),
           [](uv_handle_t* handle) noexcept { delete static_cast<Handle*>(handle->data); });
}

// A delay counts from now, not from when this turn of the loop began.
void Timer::start(std::uint64_t delay_ms, std::uint64_t repeat_ms) {
  uv_update_time(handle_->timer.loop);
  uv_timer_start(
      &handle_->timer,
      [](uv_timer_t* timer) noexcept {
        auto* handle = static_cast<Handle*>(timer->data);
        // The callback may destroy the Timer: the Handle lives until the close callback.
        if (!handle->detached) handle->callback();
      },
      delay_ms, repeat_ms);
}

void Timer::stop() noexcept { uv_timer_stop(&handle_->timer); }

static constexpr std::uint64_t tick_ms = 25;

// Ordered by due tick; a tick holds a short list. Most entries are cancelled long
// before they are due, so insert and erase are what must be cheap.
struct Deadlines::Wheel : std::enable_shared_from_this<Wheel> {
  struct Entry {
    base::Function<void()> callback;
  };
  using Ticks = std::map<std::uint64_t, std::list<Entry>>;

  explicit Wheel(Loop& loop) : loop(loop), timer(loop, [this] { fire(); }) {}

  void arm() {
    if (entries == 0) {
      timer.stop();
      armed = false;
    } else if (!armed) {
      armed = true;
      timer.start(tick_ms, tick_ms);
    }
  }

  void fire() {
    auto self = shared_from_this();
    std::uint64_t now = loop.now_ms() / tick_ms;
    while (!ticks.empty() && ticks.begin()->first <= now) {
      auto& list = ticks.begin()->second;
      if (list.empty()) {
        ticks.erase(ticks.begin());
        continue;
      }
      // The operation that owns this entry finds it fired and must not erase it.
      auto callback = std::move(list.front().callback);
      list.front().callback = nullptr;
      fired.splice(fired.end(), list, list.begin());
      if (callback) callback();
    }
    arm();
  }

  Loop& loop;
  Timer timer;
  Ticks ticks;
  std::list<Entry> fired;  // entries whose Pending has not been dropped yet
  std::size_t entries = 0;
  bool armed = false;
};

namespace {
template <typename WheelType>
class DeadlineOperation final : public Operation {
 public:
  using Iterator = typename std::list<typename WheelType::Entry>::iterator;
  DeadlineOperation(std::weak_ptr<WheelType> wheel, std::uint64_t tick, Iterator entry)
      : wheel_(std::move(wheel)), tick_(tick), entry_(entry) {}
  ~DeadlineOperation() override {
    auto wheel = wheel_.lock();
    if (!wheel) return;
    if (entry_->callback) {
      auto slot = wheel->ticks.find(tick_);
      slot->second.erase(entry_);
      if (slot->second.empty()) wheel->ticks.erase(slot);
    } else {
      wheel->fired.erase(entry_);
    }
    --wheel->entries;
  }

 private:
  std::weak_ptr<WheelType> wheel_;
  std::uint64_t tick_;
  Iterator entry_;
};
}  // namespace

Deadlines::Deadlines(Loop& loop) : wheel_(std::make_shared<Wheel>(loop)) {}
Deadlines::~Deadlines() = default;

Pending Deadlines::after(std::uint64_t delay_ms, base::Function<void()> callback) {
  std::uint64_t tick = (wheel_->loop.now_ms() + delay_ms) / tick_ms + 1;
  auto& list = wheel_->ticks[tick];
  list.push_back({std::move(callback)});
  ++wheel_->entries;
  wheel_->arm();
  return Pending(std::make_unique<DeadlineOperation<Wheel>>(wheel_, tick, std::prev(list.end())));
}

namespace {
class TimerOperation final : public Operation {
 public:
  TimerOperation(Loop& loop, base::Function<void()> callback)
      : callback_(std::move(callback)), timer_(loop, [this] { fire(); }) {}
  void start(std::uint64_t delay_ms) { timer_.start(delay_ms); }

 private:
  void fire() {
    // The callback may drop the Pending and with it this object.
    auto callback = std::move(callback_);
    callback();
  }
  base::Function<void()> callback_;
  Timer timer_;
};
}  // namespace

Pending after(Loop& loop, std::uint64_t delay_ms, base::Function<void()> callback) {
  auto operation = std::make_unique<TimerOperation>(loop, std::move(callback));
  operation->start(delay_ms);
  return Pending(std::move(operation));
}

}  // namespace host::loop
