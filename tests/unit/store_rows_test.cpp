#include "store/rows.h"

#include <catch2/catch.hpp>

using namespace host::store;

TEST_CASE("rows keep their cells whatever is added later") {
  Rows rows(std::make_shared<Columns>(Columns{"id", "name"}));
  for (int i = 0; i < 1000; ++i) {
    rows.add({Kind::integer, i, 0, {}});
    std::string name = "name " + std::to_string(i);
    rows.add(i % 3 == 0 ? Cell{} : Cell{Kind::text, 0, 0, name});
  }
  REQUIRE(rows.size() == 1000);
  CHECK(rows.cell(3, 1).kind == Kind::null);
  CHECK(rows.cell(7, 0).integer == 7);
  CHECK(rows.cell(998, 1).text == "name 998");
  CHECK(rows.column("name") == 1);
  CHECK(rows.column("Name") == -1);
}

TEST_CASE("no rows and no columns are fine") {
  Rows none;
  CHECK(none.size() == 0);
  CHECK(none.empty());
  CHECK(none.columns().size() == 0);
}

TEST_CASE("numbers as text read back the same") {
  auto text = [](double number) {
    std::string out;
    append_number(out, number);
    return out;
  };
  CHECK(text(12.5) == "12.5");
  CHECK(text(1) == "1");
  CHECK(text(0) == "0");
  CHECK(text(-0.05) == "-0.05");
  CHECK(text(0.1) == "0.1");
  CHECK(text(1700000000.25) == "1700000000.25");
  CHECK(std::stod(text(1e300)) == 1e300);
  CHECK(std::stod(text(1.0 / 3)) == 1.0 / 3);
  CHECK(std::stod(text(1.2345678901234567e-06)) == 1.2345678901234567e-06);
  std::string out;
  append_number(out, std::int64_t{INT64_MIN});
  CHECK(out == "-9223372036854775808");
}
