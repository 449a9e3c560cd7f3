#include "script/shared_texts.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace host::script {

static std::size_t size_of(const http::CommonText& text) noexcept { return text.plain.size() + text.packed.size(); }

void SharedTexts::refused(const std::string& name) {
  ++counters_.refused;
  if (auto times = told_.times()) {
    base::log::warn("script", "shared texts take more than scripts.shared_mb: one is not kept", {{"name", name}, {"times", times}});
  }
}

SharedTexts::Claim::~Claim() {
  if (!given_) texts_.given_up(name_);
}

void SharedTexts::Claim::give(http::SharedText text) {
  given_ = true;
  texts_.given(name_, generation_, std::move(text));
}

// Whoever waits and is dropped.
class SharedTexts::Waiting final : public loop::Operation {
 public:
  Waiting(SharedTexts& texts, std::string name, std::shared_ptr<Waiter> waiter)
      : texts_(texts), name_(std::move(name)), waiter_(std::move(waiter)) {}
  ~Waiting() override {
    waiter_->gone = true;
    texts_.leave(name_, waiter_);
  }

 private:
  SharedTexts& texts_;
  std::string name_;
  std::shared_ptr<Waiter> waiter_;
};

SharedTexts::Turn SharedTexts::ask(loop::Loop& loop, std::string_view name, std::uint64_t generation,
                                   Done done, loop::Pending& waiting) {
  std::lock_guard lock(mutex_);
  auto found = entries_.find(name);
  if (found == entries_.end()) {
    // Names come from scripts: one that makes them up has each made anew.
    if (counters_.bytes + bytes_of_name > most_bytes_) {
      refused(std::string(name));
      return {nullptr, nullptr};
    }
    counters_.bytes += bytes_of_name;
    found = entries_.emplace(std::string(name), Entry{}).first;
  }
  Entry& entry = found->second;
  if (entry.text && entry.generation >= generation) return {entry.text, nullptr};
  if (!entry.making) {
    entry.making = true;
    return {nullptr, std::make_shared<Claim>(*this, found->first, generation)};
  }
  ++counters_.waited;
  auto waiter = std::make_shared<Waiter>(Waiter{&loop, generation, std::move(done)});
  entry.waiting.push_back(waiter);
  waiting = loop::Pending(std::make_unique<Waiting>(*this, found->first, std::move(waiter)));
  return {nullptr, nullptr};
}

// Under the lock, so that no loop ends between a waiter's leaving and the post to it.
void SharedTexts::tell(const std::shared_ptr<Waiter>& waiter, Turn turn) {
  waiter->loop->post([waiter, turn = std::move(turn)]() mutable {
    if (!waiter->gone) waiter->done(std::move(turn));
  });
}

void SharedTexts::pass_on(const std::string& name, Entry& entry) {
  if (entry.waiting.empty()) return;
  auto next = std::move(entry.waiting.front());
  entry.waiting.pop_front();
  entry.making = true;
  tell(next, {nullptr, std::make_shared<Claim>(*this, name, next->generation)});
}

void SharedTexts::given(const std::string& name, std::uint64_t generation, http::SharedText text) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(name);
  entry.making = false;
  ++counters_.made;
  if (!entry.text || entry.generation <= generation) {
    if (entry.text) counters_.bytes -= size_of(*entry.text);
    entry.text = text;
    entry.generation = generation;
    counters_.bytes += size_of(*text);
  }
  http::SharedText newest = entry.text;
  std::uint64_t of = entry.generation;
  if (counters_.bytes > most_bytes_) {
    counters_.bytes -= size_of(*entry.text);
    entry.text = nullptr;
    refused(name);
  }
  // Who asked in a newer generation is not served an older one's.
  std::deque<std::shared_ptr<Waiter>> newer;
  for (auto& waiter : entry.waiting) {
    if (waiter->generation <= of) {
      tell(waiter, {newest, nullptr});
    } else {
      newer.push_back(std::move(waiter));
    }
  }
  entry.waiting = std::move(newer);
  pass_on(name, entry);
}

void SharedTexts::given_up(const std::string& name) {
  std::lock_guard lock(mutex_);
  Entry& entry = entries_.at(name);
  entry.making = false;
  pass_on(name, entry);
}

void SharedTexts::leave(const std::string& name, const std::shared_ptr<Waiter>& waiter) {
  std::lock_guard lock(mutex_);
  auto& waiting = entries_.at(name).waiting;
  auto found = std::find(waiting.begin(), waiting.end(), waiter);
  if (found != waiting.end()) waiting.erase(found);
}

SharedTexts::Counters SharedTexts::counters() const {
  std::lock_guard lock(mutex_);
  return counters_;
}

}  // namespace host::script
