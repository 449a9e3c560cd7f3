#include "app/leadership.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "base/log.h"
#include "base/machine.h"
#include "base/text.h"
#include "codec/digest.h"

namespace host::app {

using base::Result;
using store::Leases;

namespace {

constexpr std::uint64_t statement_ms = 3000;
constexpr std::uint64_t farewell_ms = 2000;

std::uint64_t now_ms() {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(now).count());
}

std::string name_of(const std::string& address) {
  return fmt::format("{} {}", base::machine::name(), address).substr(0, 190);
}

}  // namespace

struct Leadership::Inside {
  std::string url;
  Leases leases;
  std::unique_ptr<store::Direct> store;  // null: to be opened

  template <typename Act>
  auto with_store(Act act) -> decltype(act(*store)) {
    if (!store) {
      TRY(store, store::open_for_cli(url));
      store->limit(statement_ms);
    }
    auto done = act(*store);
    if (!done) store.reset();
    return done;
  }
};

struct Leadership::Outcome {
  Result<std::map<std::string, Leases::Lease>> leases;
  std::uint64_t valid_until;
};

Leadership::Leadership(loop::Loop& loop, std::string url, const std::string& address, Changed changed, store::LeaseTimes times)
    : loop_(loop),
      changed_(std::move(changed)),
      times_(times),
      inside_(new Inside{std::move(url), Leases(base::text::hex(codec::digest::random(16)), name_of(address), times, [] { return now_ms(); }), nullptr}),
      timer_(loop, [this] { tick(); }),
      farewell_(loop, [this] { std::exchange(released_, nullptr)(); }),
      worker_("leases") {
  timer_.start(times_.beat_ms, times_.beat_ms);
}

Leadership::~Leadership() = default;

void Leadership::want(std::set<std::string> jobs) {
  wanted_ = std::move(jobs);
  std::erase_if(leases_, [this](const auto& it) { return wanted_.count(it.first) == 0; });
  again_ = true;
  look();
}

void Leadership::tick() {
  if (valid_until_ != 0 && now_ms() >= valid_until_) {
    valid_until_ = 0;
    for (const std::string& job : wanted_) tell(job, {});
  }
  look();
}

void Leadership::look() {
  if (busy_ || released_) return;
  busy_ = true;
  again_ = false;
  looking_ = worker_.run(loop_, [this, wanted = wanted_] {
    auto leases = inside_->with_store([&](store::Direct& store) { return inside_->leases.look(store, wanted); });
    return Outcome{std::move(leases), inside_->leases.valid_until()};
  }, [this](Outcome outcome) { looked(std::move(outcome)); });
}

void Leadership::looked(Outcome outcome) {
  busy_ = false;
  bool failed = !outcome.leases;
  if (failed && !std::exchange(away_, true)) {
    base::log::warn("jobs", "leases cannot be kept", {{"reason", outcome.leases.error().message}});
  }
  if (!failed) {
    away_ = false;
    valid_until_ = outcome.valid_until;
    bool late = now_ms() >= valid_until_;
    for (const auto& [job, lease] : *outcome.leases) {
      if (wanted_.count(job) > 0) tell(job, late ? Leases::Lease() : lease);
    }
  }
  if (again_) look();
}

void Leadership::tell(const std::string& job, const Leases::Lease& lease) {
  auto [known, fresh] = leases_.try_emplace(job, lease);
  if (!fresh && known->second == lease) return;
  known->second = lease;
  changed_(job, lease);
}

void Leadership::release(base::Function<void()> done) {
  released_ = std::move(done);
  timer_.stop();
  farewell_.start(farewell_ms);
  looking_ = worker_.run(loop_, [this] {
    return inside_->with_store([&](store::Direct& store) { return inside_->leases.release(store); });
  }, [this](Result<void>) { farewell_.start(0); });
}

}  // namespace host::app
