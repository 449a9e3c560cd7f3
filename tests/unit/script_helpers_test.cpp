#include "script/helpers.h"

#include <catch2/catch.hpp>

#include <optional>

#include "base/log.h"
#include "support/turn.h"

using namespace host;
using base::Result;
using loop::Ended;
using script::HelperCall;
using script::MachineHelpers;
using test::turn_until;

namespace {

HelperCall call(std::string name, std::vector<std::string> args = {}) {
  return {std::move(name), std::move(args), "", 60'000, "r1"};
}

struct Asked {
  std::optional<Result<Ended>> result;
  loop::Pending pending;

  void run(loop::Loop& loop, script::Helpers& helpers, HelperCall it) {
    pending = helpers.run(loop, std::move(it), [this](Result<Ended> told) { result = std::move(told); });
  }
};

std::shared_ptr<MachineHelpers> make() {
  script::HelperSettings settings;
  settings.commands = {{"say", {"/bin/echo", "-n"}}, {"sleep", {"/bin/sleep"}}, {"fail", {"/bin/false"}},
                       {"absent", {"/nonexistent/x"}}, {"flood", {"/usr/bin/head", "-c"}}};
  settings.output_bytes = 100;
  settings.at_once = 2;
  return std::make_shared<MachineHelpers>(settings);
}

}  // namespace

TEST_CASE("helpers: only what the operator named runs, with his arguments first") {
  loop::Loop loop;
  auto helpers = make();
  CHECK(helpers->named("say"));
  CHECK_FALSE(helpers->named("/bin/echo"));
  Asked said, unknown, absent, failed, flood;
  unknown.run(loop, *helpers, call("/bin/echo"));
  REQUIRE(turn_until(loop, [&] { return unknown.result.has_value(); }));
  CHECK(unknown.result->error().code == base::Code::not_found);
  said.run(loop, *helpers, call("say", {"a b", "-e"}));
  REQUIRE(turn_until(loop, [&] { return said.result.has_value(); }));
  CHECK((*said.result)->out == "a b -e");
  absent.run(loop, *helpers, call("absent"));
  REQUIRE(turn_until(loop, [&] { return absent.result.has_value(); }));
  CHECK(absent.result->error().code == base::Code::unavailable);
  failed.run(loop, *helpers, call("fail"));
  REQUIRE(turn_until(loop, [&] { return failed.result.has_value(); }));
  CHECK((*failed.result)->code == 1);
  flood.run(loop, *helpers, call("flood", {"5000", "/dev/zero"}));
  REQUIRE(turn_until(loop, [&] { return flood.result.has_value(); }));
  CHECK((*flood.result)->cut);
  auto counters = helpers->counters();
  CHECK(counters.ended == 2);
  CHECK(counters.failed == 2);
  CHECK(counters.cut == 1);
  CHECK(counters.running == 0);
}

TEST_CASE("helpers: so many at once, and a place is free again when its process is gone") {
  loop::Loop loop;
  auto helpers = make();
  Asked one, two, three, late;
  one.run(loop, *helpers, call("sleep", {"1000"}));
  two.run(loop, *helpers, call("sleep", {"1000"}));
  three.run(loop, *helpers, call("say"));
  REQUIRE(turn_until(loop, [&] { return three.result.has_value(); }));
  CHECK(three.result->error().code == base::Code::unavailable);
  CHECK(helpers->counters().running == 2);
  one.pending = {};
  two.pending = {};
  REQUIRE(turn_until(loop, [&] { return helpers->counters().running == 0; }));
  HelperCall hurried = call("sleep", {"1000"});
  hurried.remaining_ms = 50;
  late.run(loop, *helpers, hurried);
  REQUIRE(turn_until(loop, [&] { return late.result.has_value(); }));
  CHECK(late.result->error().code == base::Code::timeout);
  REQUIRE(turn_until(loop, [&] { return helpers->counters().running == 0; }));
  auto counters = helpers->counters();
  CHECK(counters.full == 1);
  CHECK(counters.gone == 2);
  CHECK(counters.timeout == 1);
  CHECK_FALSE(one.result);
}
