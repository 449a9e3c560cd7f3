#include "script/shared_texts.h"

#include <catch2/catch.hpp>

#include <vector>

using namespace host;
using script::SharedTexts;

namespace {

http::SharedText text_of(std::string plain) {
  auto made = std::make_shared<http::CommonText>();
  made->plain = std::move(plain);
  return made;
}

// Who asked, and what became of it.
struct Asker {
  Asker(SharedTexts& texts, loop::Loop& loop, std::uint64_t generation = 1, const char* name = "doc") {
    turn = texts.ask(loop, name, generation, [this](SharedTexts::Turn told) { turn = std::move(told); }, waiting);
  }
  std::string text() const { return turn.text ? turn.text->plain : "none"; }
  SharedTexts::Turn turn;
  loop::Pending waiting;
};

void turn(loop::Loop& loop) {
  for (int i = 0; i < 5; ++i) loop.poll();
}

}  // namespace

// Found: a hundred clients that asked at once made the document a hundred times, out of one memory.
TEST_CASE("a shared text is made by one while the others wait") {
  loop::Loop loop;
  SharedTexts texts;
  Asker maker(texts, loop);
  REQUIRE(maker.turn.claim);
  std::vector<std::unique_ptr<Asker>> others;
  for (int i = 0; i < 50; ++i) others.push_back(std::make_unique<Asker>(texts, loop));
  turn(loop);
  for (auto& other : others) CHECK((other->waiting && !other->turn.claim && !other->turn.text));
  auto made = text_of("all");
  maker.turn.claim->give(made);
  turn(loop);
  for (auto& other : others) CHECK(other->turn.text == made);  // the same bytes
  CHECK(Asker(texts, loop).text() == "all");
  CHECK(texts.counters().made == 1);
  CHECK(texts.counters().waited == 50);
}

TEST_CASE("when the maker fails it is the next one's turn, and the last leaves nothing") {
  loop::Loop loop;
  SharedTexts texts;
  auto first = std::make_unique<Asker>(texts, loop);
  auto second = std::make_unique<Asker>(texts, loop);
  Asker third(texts, loop);
  first.reset();
  second.reset();  // told already, and gone before it heard
  turn(loop);
  REQUIRE(third.turn.claim);
  third.turn.claim->give(text_of("third"));
  CHECK(Asker(texts, loop).text() == "third");
  {
    Asker other(texts, loop, 1, "other");
    CHECK(other.turn.claim);
  }
  CHECK(Asker(texts, loop, 1, "other").turn.claim);
}

TEST_CASE("a newer generation makes its own, an older one is served it too") {
  loop::Loop loop;
  SharedTexts texts;
  { Asker(texts, loop, 1).turn.claim->give(text_of("one")); }
  Asker second(texts, loop, 2);
  REQUIRE(second.turn.claim);
  CHECK(Asker(texts, loop, 1).text() == "one");  // meanwhile
  Asker third(texts, loop, 3);                   // waits, and is not given the second's
  second.turn.claim->give(text_of("two"));
  turn(loop);
  REQUIRE(third.turn.claim);
  CHECK(Asker(texts, loop, 1).text() == "two");
  third.turn.claim->give(text_of("three"));
  CHECK(Asker(texts, loop, 2).text() == "three");
  CHECK(texts.counters().bytes == 5 + SharedTexts::bytes_of_name);
}

TEST_CASE("names are bounded: beyond them each makes its own") {
  loop::Loop loop;
  SharedTexts texts(64 * SharedTexts::bytes_of_name);
  for (int i = 0; i < 63; ++i) Asker(texts, loop, 1, std::to_string(i).c_str()).turn.claim->give(text_of("1234567890"));
  CHECK(texts.counters().refused == 0);
  Asker more(texts, loop, 1, "more");
  CHECK_FALSE(more.turn.claim);
  CHECK_FALSE(more.waiting);
  CHECK(texts.counters().refused == 1);
  CHECK(Asker(texts, loop, 1, "7").text() == "1234567890");
}

TEST_CASE("a text beyond what all may take goes to those who wait and is not kept") {
  loop::Loop loop;
  SharedTexts texts(SharedTexts::bytes_of_name + 100);
  Asker first(texts, loop), second(texts, loop);
  REQUIRE(first.turn.claim);
  first.turn.claim->give(text_of(std::string(101, 'x')));
  turn(loop);
  CHECK(second.text().size() == 101);
  CHECK(texts.counters().bytes == SharedTexts::bytes_of_name);
  CHECK(texts.counters().refused == 1);
  // The next makes its own, and one that fits is kept.
  Asker third(texts, loop);
  REQUIRE(third.turn.claim);
  third.turn.claim->give(text_of(std::string(100, 'y')));
  CHECK(Asker(texts, loop).text().size() == 100);
  // A newer generation's that does not fit takes the old one's place away.
  Asker newer(texts, loop, 2);
  newer.turn.claim->give(text_of(std::string(101, 'z')));
  CHECK(texts.counters().bytes == SharedTexts::bytes_of_name);
}
