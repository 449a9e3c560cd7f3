#include "cli/command_line.h"

#include <catch2/catch.hpp>

using namespace host;

static std::variant<cli::Command, int> parsed(std::vector<const char*> words) {
  words.insert(words.begin(), "patchbay");
  return cli::parse(static_cast<int>(words.size()), words.data(), "1.2.3");
}

static cli::Command command(std::vector<const char*> words) {
  auto outcome = parsed(std::move(words));
  REQUIRE(std::holds_alternative<cli::Command>(outcome));
  return std::get<cli::Command>(outcome);
}

TEST_CASE("a command has its name and what was given to it") {
  CHECK(command({}).name.empty());
  CHECK(command({"--list-api"}).name == "--list-api");

  cli::Command serve = command({"serve", "--config", "x.toml", "--listen", ":1", "--listen", ":2", "--lanes", "3"});
  CHECK(serve.name == "serve");
  CHECK(serve.options.config == "x.toml");
  CHECK(serve.options.config_given);
  CHECK(serve.options.listen == std::vector<std::string>{":1", ":2"});
  CHECK(serve.options.lanes == 3);

  cli::Command key = command({"key", "create", "--tenant", "DEMO", "--read-only"});
  CHECK(key.name == "key create");
  CHECK(key.key.tenant == "DEMO");
  CHECK(key.key.read_only);
  CHECK_FALSE(key.options.config_given);
  CHECK(command({"key", "create", "--global"}).key.tenant.empty());
  CHECK(command({"test", "a_test.lua", "b", "--match", "m"}).test.paths == std::vector<std::string>{"a_test.lua", "b"});
}

TEST_CASE("wrong usage ends with a status of its own") {
  CHECK(std::get<int>(parsed({"key", "create"})) == 2);
  CHECK(std::get<int>(parsed({"key", "create", "--global", "--tenant", "DEMO"})) == 2);
  CHECK(std::get<int>(parsed({"serve", "--lanes", "0"})) == 2);
  CHECK(std::get<int>(parsed({"nothing"})) == 2);
  CHECK(std::get<int>(parsed({"--version"})) == 0);
}
