#include "store/call_records.h"

#include <catch2/catch.hpp>

#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

using namespace host;

namespace {

struct File {
  std::string path;
  File() {
    char name[] = "/tmp/cdr-XXXXXX";
    REQUIRE(::mkdtemp(name));
    folder_ = name;
    path = folder_ + "/cdr.db";
  }
  ~File() { std::filesystem::remove_all(folder_); }
  void run(const char* sql) {
    sqlite3* connection = nullptr;
    REQUIRE(sqlite3_open(path.c_str(), &connection) == SQLITE_OK);
    REQUIRE(sqlite3_exec(connection, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
    sqlite3_close(connection);
  }

 private:
  std::string folder_;
};

}  // namespace

TEST_CASE("call records: read on from the last one") {
  File file;
  file.run("CREATE TABLE cdr (AcctId INTEGER PRIMARY KEY, src TEXT, duration INTEGER, cost REAL);"
           "INSERT INTO cdr (src, duration, cost) VALUES ('100', 5, 0.5), ('101', NULL, 1), ('102', 7, 2)");
  auto rows = store::call_records(file.path, 0, 2);
  REQUIRE(rows);
  REQUIRE(rows->size() == 2);
  CHECK(rows->columns()[0] == "rowid");
  CHECK(rows->cell(0, 0).integer == 1);
  CHECK(rows->text(0, static_cast<size_t>(rows->column("src"))) == "100");
  CHECK(rows->cell(1, static_cast<size_t>(rows->column("duration"))).kind == store::Kind::null);
  rows = store::call_records(file.path, 2, 10);
  REQUIRE(rows);
  CHECK(rows->size() == 1);
  CHECK(rows->cell(0, 0).integer == 3);
  rows = store::call_records(file.path, 3, 10);
  REQUIRE(rows);
  CHECK(rows->size() == 0);
}

TEST_CASE("call records: absent, empty and broken files") {
  File file;
  auto rows = store::call_records(file.path, 0, 10);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == base::Code::not_found);
  file.run("CREATE TABLE other (x)");
  rows = store::call_records(file.path, 0, 10);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == base::Code::not_found);
  std::filesystem::resize_file(file.path, 100);
  rows = store::call_records(file.path, 0, 10);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == base::Code::unavailable);
}
