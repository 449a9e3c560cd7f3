#include "app/fake_helpers.h"

#include "loop/loop.h"

namespace host::app {

using base::Result;
using loop::Ended;

static constexpr std::size_t most_asked = 10'000;

bool FakeHelpers::named(std::string_view name) const {
  std::lock_guard lock(mutex_);
  for (const auto& [words, answer] : answers_) {
    if (std::string_view(words).substr(0, words.find(' ')) == name) return true;
  }
  return false;
}

// The answer to the most of its words, of several the newest.
Result<Ended> FakeHelpers::answer(const script::HelperCall& call) {
  std::lock_guard lock(mutex_);
  std::string said = call.name;
  for (const std::string& word : call.args) said += " " + word;
  said += " ";
  const Result<Ended>* found = nullptr;
  std::size_t longest = 0;
  for (const auto& [words, answer] : answers_) {
    if (words.size() < longest || !said.starts_with(words + " ")) continue;
    longest = words.size();
    found = &answer;
  }
  if (!found) return base::not_found("the operator named no such helper");
  if (asked_.size() < most_asked) asked_.push_back(call);
  return *found;
}

loop::Pending FakeHelpers::run(loop::Loop& loop, script::HelperCall call, Done done) {
  return loop.later([result = answer(call), done = std::move(done)]() mutable { done(std::move(result)); });
}

void FakeHelpers::give(std::string words, Result<Ended> answer) {
  std::lock_guard lock(mutex_);
  answers_.emplace_back(std::move(words), std::move(answer));
}

std::vector<script::HelperCall> FakeHelpers::asked() {
  std::lock_guard lock(mutex_);
  return asked_;
}

void FakeHelpers::forget() {
  std::lock_guard lock(mutex_);
  answers_.clear();
  asked_.clear();
}

}  // namespace host::app
