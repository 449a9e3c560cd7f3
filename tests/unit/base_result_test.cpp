#include "base/result.h"

#include <catch2/catch.hpp>

#include <memory>
#include <string>

#include "base/function.h"

using namespace host::base;

static Result<int> half(int number) {
  if (number % 2) return invalid("odd: " + std::to_string(number));
  return number / 2;
}

static Result<std::unique_ptr<int>> quarter(int number) {
  TRY(int once, half(number));
  TRY(int twice, half(once));
  return std::make_unique<int>(twice);
}

static Result<void> positive(int number) {
  if (number < 0) return Error{Code::denied, "negative"};
  return {};
}

static Result<void> check(int number) {
  TRY_VOID(positive(number));
  TRY([[maybe_unused]] auto result, quarter(number));
  return {};
}

TEST_CASE("result: TRY takes the value or hands the error on") {
  auto good = quarter(8);
  REQUIRE(good);
  CHECK(**good == 2);
  auto bad = quarter(6);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Code::invalid);
  CHECK(bad.error().message == "odd: 3");
  CHECK(check(4));
  CHECK(check(2).error().message == "odd: 1");
  CHECK(check(-4).error().code == Code::denied);
}

TEST_CASE("result: every code has its word") {
  CHECK(name(Code::invalid) == "invalid");
  CHECK(name(Code::unauthenticated) == "unauthenticated");
  CHECK(name(Code::denied) == "denied");
  CHECK(name(Code::not_found) == "not_found");
  CHECK(name(Code::conflict) == "conflict");
  CHECK(name(Code::refused) == "refused");
  CHECK(name(Code::timeout) == "timeout");
  CHECK(name(Code::unavailable) == "unavailable");
  CHECK(name(Code::internal) == "internal");
}

TEST_CASE("function: owns what it captures and may be moved") {
  auto alive = std::make_shared<int>(7);
  std::weak_ptr<int> watch = alive;
  Function<int(int)> add = [owned = std::make_unique<std::shared_ptr<int>>(std::move(alive))](int n) {
    return **owned + n;
  };
  Function<int(int)> moved = std::move(add);
  CHECK_FALSE(add);
  CHECK(moved(1) == 8);
  moved = nullptr;
  CHECK(watch.expired());
}
