#include "app/jobs.h"

#include <catch2/catch.hpp>

#include <unistd.h>

using namespace host;
using app::Jobs;

namespace {
// Jobs whose runs the test ends itself.
struct Bench {
  struct Started {
    std::string name;
    std::shared_ptr<const script::JobEvents> events;
    Jobs::Done done;
  };

  explicit Bench(app::JobLimits limits = {}, bool shared = false)
      : jobs(loop, [this](std::string name, std::shared_ptr<const script::JobEvents> events, Jobs::Done done) {
          started.push_back({std::move(name), std::move(events), std::move(done)});
        }, limits, shared) {}

  void end(base::Result<void> outcome = {}) { std::exchange(started.back().done, nullptr)(std::move(outcome)); }

  void until(std::size_t runs) {
    for (int turn = 0; turn < 20000 && started.size() < runs; ++turn) {
      loop.poll();
      ::usleep(500);
    }
    REQUIRE(started.size() == runs);
  }

  std::vector<std::string> given(std::size_t run) const {
    std::vector<std::string> values;
    for (const auto& event : started[run].events->events) values.push_back(event.fields.at(0).second);
    return values;
  }

  loop::Loop loop;
  std::vector<Started> started;
  Jobs jobs;
};

script::JobInfo info(const char* name, std::vector<std::string> on, double every = 0) {
  script::JobInfo made;
  made.name = name;
  made.file = std::string("jobs/") + name + ".lua";
  made.every = every;
  made.on = std::move(on);
  return made;
}

std::vector<script::JobEvent> events(int from, int to, const char* name = "A") {
  std::vector<script::JobEvent> made;
  for (int i = from; i <= to; ++i) made.push_back({name, {{"n", std::to_string(i)}}});
  return made;
}

app::JobLimits quick() {
  app::JobLimits limits;
  limits.first_delay_ms = 1;
  limits.last_delay_ms = 4;
  return limits;
}

using Texts = std::vector<std::string>;
}  // namespace

TEST_CASE("events that come during a run wait in order for the next one") {
  Bench bench;
  bench.jobs.schedule({info("a", {"A"}), info("b", {"B"})});
  REQUIRE(bench.started.size() == 2);  // each once at the start
  bench.started[0].done(base::Result<void>());
  bench.jobs.take(events(1, 1), 0);
  REQUIRE(bench.started.size() == 3);
  bench.jobs.take(events(2, 3), 0);
  bench.jobs.take(events(4, 4), 0);
  bench.jobs.take(events(9, 9, "C"), 0);  // nobody's
  CHECK(bench.started.size() == 3);
  bench.end();
  REQUIRE(bench.started.size() == 4);
  CHECK(bench.given(2) == Texts{"1"});
  CHECK(bench.given(3) == Texts{"2", "3", "4"});
  bench.end();
  CHECK(bench.started.size() == 4);
}

TEST_CASE("a reload loses no event, and no job runs twice at once") {
  Bench bench;
  bench.jobs.schedule({info("a", {"A"})});
  bench.jobs.take(events(1, 2), 0);
  bench.jobs.schedule({info("a", {"A"})});
  CHECK(bench.started.size() == 1);
  bench.jobs.take(events(3, 3), 0);
  bench.end();
  REQUIRE(bench.started.size() == 2);
  CHECK(bench.given(1) == Texts{"1", "2", "3"});
}

TEST_CASE("what does not fit is counted and told to the job") {
  app::JobLimits limits;
  limits.events = 3;
  limits.batch = 2;
  Bench bench(limits);
  bench.jobs.schedule({info("a", {"A"})});
  bench.jobs.take(events(1, 5), 7);
  bench.end();
  CHECK(bench.given(1) == Texts{"3", "4"});
  CHECK(bench.started[1].events->lost == 9);
  bench.end();
  CHECK(bench.given(2) == Texts{"5"});
  CHECK(bench.started[2].events->lost == 0);
  CHECK(bench.jobs.json().find("\"events_lost\":9") != std::string::npos);

  limits = {};
  limits.bytes = 3;
  Bench narrow(limits);
  narrow.jobs.schedule({info("a", {"A"})});
  narrow.jobs.take(events(1, 2), 0);  // two bytes each
  narrow.end();
  CHECK(narrow.given(1) == Texts{"2"});
  CHECK(narrow.started[1].events->lost == 1);
}

TEST_CASE("a job that fails is tried again later, with what it was given") {
  Bench bench(quick());
  bench.jobs.schedule({info("a", {"A"})});
  bench.end();
  bench.jobs.take(events(1, 1), 0);
  bench.end(base::internal("jobs/a.lua:1: oops\nstack traceback"));
  bench.jobs.take(events(2, 2), 0);
  CHECK(bench.started.size() == 2);  // not at once
  std::string shown = bench.jobs.json();
  CHECK(shown.find("\"state\":\"failing\"") != std::string::npos);
  CHECK(shown.find("\"message\":\"jobs/a.lua:1: oops\"") != std::string::npos);
  CHECK(shown.find("\"next_run\":null") == std::string::npos);
  bench.until(3);
  CHECK(bench.given(2) == Texts{"1", "2"});
  bench.end();
  shown = bench.jobs.json();
  CHECK(shown.find("\"state\":\"waiting\"") != std::string::npos);
  CHECK(shown.find("\"failures\":1,\"failures_in_a_row\":0") != std::string::npos);
  CHECK(bench.started.size() == 3);
}

TEST_CASE("events that no run survives are given up and counted") {
  Bench bench(quick());
  bench.jobs.schedule({info("a", {"A"})});
  bench.end();
  bench.jobs.take(events(1, 2), 0);
  for (std::size_t run = 2; run <= 6; ++run) {
    bench.until(run);
    CHECK(bench.given(run - 1) == Texts{"1", "2"});
    bench.end(base::internal("oops"));
  }
  bench.until(7);
  CHECK(bench.given(6).empty());
  CHECK(bench.started[6].events->lost == 2);
}

TEST_CASE("a reload tries at once what failed") {
  app::JobLimits limits;
  limits.first_delay_ms = 3'600'000;
  limits.last_delay_ms = 3'600'000;
  Bench bench(limits);
  bench.jobs.schedule({info("a", {}, 0.1)});
  bench.end(base::internal("oops"));
  bench.jobs.schedule({info("a", {}, 0.1)});
  CHECK(bench.started.size() == 2);
}

TEST_CASE("outcomes that come late find nobody") {
  Jobs::Done late;
  {
    Bench bench;
    bench.jobs.schedule({info("a", {"A"})});
    bench.jobs.schedule({});
    bench.end();  // of a job that is no more
    bench.jobs.schedule({info("a", {"A"})});
    late = std::move(bench.started.back().done);
  }
  late(base::internal("oops"));
  SUCCEED();
}

TEST_CASE("where hosts share a store, a job waits until this one leads it, and has the events of the last seconds then") {
  app::JobLimits limits;
  limits.kept_ms = 100;
  Bench bench(limits, true);
  script::JobInfo own = info("own", {"A"});
  own.everywhere = true;
  bench.jobs.schedule({info("a", {"A"}), own});
  REQUIRE(bench.started.size() == 1);
  CHECK(bench.started[0].name == "own");
  CHECK(bench.started[0].events->term == 0);
  CHECK(bench.jobs.json().find("\"job\":\"a\",\"file\":\"jobs/a.lua\",\"every\":0,\"on\":[\"A\"],\"hosts\":\"one\",\"host\":null,"
                               "\"state\":\"standing by\"") != std::string::npos);
  bench.jobs.take(events(1, 2), 7);
  bench.jobs.lead("a", 0, "the other");
  CHECK(bench.jobs.json().find("\"host\":\"the other\"") != std::string::npos);
  for (int turn = 0; turn < 50; ++turn) {
    ::usleep(4000);
    bench.loop.poll();
  }
  bench.jobs.take(events(3, 4), 0);
  REQUIRE(bench.started.size() == 1);
  bench.jobs.lead("a", 5, "");
  REQUIRE(bench.started.size() == 2);
  CHECK(bench.given(1) == Texts{"3", "4"});
  CHECK(bench.started[1].events->lost == 0);
  CHECK(bench.started[1].events->term == 5);
}

TEST_CASE("a job whose lease went to another host is not tried again here") {
  Bench bench(quick(), true);
  bench.jobs.schedule({info("a", {"A"})});
  bench.jobs.take(events(1, 1), 0);
  bench.jobs.lead("a", 1, "");
  REQUIRE(bench.started.size() == 1);
  bench.jobs.lead("a", 0, "the other");
  bench.end(base::unavailable("this host has lost its lease"));
  for (int turn = 0; turn < 20; ++turn) {
    ::usleep(1000);
    bench.loop.poll();
  }
  CHECK(bench.started.size() == 1);
  // It comes back while the run of the old term is under way: that one ends first.
  bench.jobs.lead("a", 3, "");
  REQUIRE(bench.started.size() == 2);
  bench.jobs.lead("a", 0, "the other");
  bench.jobs.lead("a", 5, "");
  CHECK(bench.started.size() == 2);
  bench.end();
  bench.until(3);
  CHECK(bench.started[2].events->term == 5);
}
