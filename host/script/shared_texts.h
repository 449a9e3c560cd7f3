// SharedTexts: large texts that are the same for all who ask (an OpenAPI document): made once
// for the host by one task while the others wait, and sent from one place. Shared by all lanes,
// thread-safe; made by the host, outlives them. A name keeps the text of the newest generation
// that made one, so that old scripts leave nothing behind. What would pass the bound of all together is not
// kept: each who asks makes his own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/seldom.h"
#include "http/response.h"
#include "loop/loop.h"
#include "loop/pending.h"

namespace host::script {

class SharedTexts {
 public:
  static constexpr std::size_t bytes_of_name = 1024;  // a name counts as this much: there is no other bound of names

  // The right to make one. Dropped without give(), the next who waits gets it.
  class Claim {
   public:
    Claim(SharedTexts& texts, std::string name, std::uint64_t generation)
        : texts_(texts), name_(std::move(name)), generation_(generation) {}
    ~Claim();
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    void give(http::SharedText text);

   private:
    SharedTexts& texts_;
    std::string name_;
    std::uint64_t generation_;
    bool given_ = false;
  };

  // One of the two: the text, or the right to make it.
  struct Turn {
    http::SharedText text;
    std::shared_ptr<Claim> claim;
  };
  using Done = base::Function<void(Turn)>;

  explicit SharedTexts(std::size_t most_bytes = 128u << 20) : most_bytes_(most_bytes) {}
  SharedTexts(const SharedTexts&) = delete;
  SharedTexts& operator=(const SharedTexts&) = delete;

  // What is known at once; a Turn with neither: `waiting` calls `done` on `loop` when it is
  // this one's turn.
  Turn ask(loop::Loop& loop, std::string_view name, std::uint64_t generation, Done done,
           loop::Pending& waiting);

  struct Counters {
    std::uint64_t made = 0;
    std::uint64_t waited = 0;
    std::uint64_t refused = 0;  // not kept, for the bound
    std::size_t bytes = 0;
  };
  Counters counters() const;

 private:
  struct Waiter {
    loop::Loop* loop;
    std::uint64_t generation;
    Done done;
    bool gone = false;  // on its loop's thread
  };
  struct Entry {
    http::SharedText text;
    std::uint64_t generation = 0;
    bool making = false;
    std::deque<std::shared_ptr<Waiter>> waiting;
  };
  class Waiting;

  void given(const std::string& name, std::uint64_t generation, http::SharedText text);
  void given_up(const std::string& name);
  void leave(const std::string& name, const std::shared_ptr<Waiter>& waiter);
  // Under the lock: the first who waits makes it next.
  void pass_on(const std::string& name, Entry& entry);
  static void tell(const std::shared_ptr<Waiter>& waiter, Turn turn);
  // Under the lock: one more that is not kept.
  void refused(const std::string& name);

  const std::size_t most_bytes_;

  mutable std::mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_;
  Counters counters_;
  base::Seldom told_;
};

}  // namespace host::script
