#include "store/mariadb/dialect.h"

#include "store_fixture.h"

using namespace store_test;
using base::Code;
using store::mariadb::arrange;
using store::mariadb::translate;
using store::mariadb::translate_schema;

static std::string said(std::string_view sql) {
  auto out = translate(sql);
  return out ? out->sql : "error: " + out.error().message;
}

TEST_CASE("what MariaDB says otherwise is said otherwise, outside of quotes and comments") {
  CHECK(said("SELECT a FROM t WHERE a LIKE ?") == "SELECT a FROM t WHERE a COLLATE utf8mb4_uca1400_as_ci LIKE ?");
  CHECK(said("SELECT a FROM t WHERE a not like 'x'") ==
        "SELECT a FROM t WHERE a COLLATE utf8mb4_uca1400_as_ci NOT LIKE 'x'");
  CHECK(said("SELECT 'LIKE -- :x ?', \"limit\" FROM t -- LIKE\n LIMIT -1 OFFSET 2") ==
        "SELECT 'LIKE -- :x ?', \"limit\" FROM t LIMIT 18446744073709551615 OFFSET 2");
  CHECK(said("SELECT group_concat(a, '&'), coalesce(b, '') FROM t ORDER BY random()") ==
        "SELECT group_concat(a SEPARATOR '&'), coalesce(b, '') FROM t ORDER BY rand()");
  CHECK(said("SELECT CAST(a AS TEXT), b AS text FROM t;\n") == "SELECT CAST(a AS CHAR), b AS text FROM t");
  CHECK(said("SELECT length(a), length FROM t") == "SELECT char_length(a), length FROM t");
  CHECK(said("SELECT 'it''s ; one'") == "SELECT 'it''s ; one'");
}

TEST_CASE("named parameters become positions") {
  auto statement = translate("SELECT * FROM t WHERE a = :one AND b = :two AND c > :one AND d = '10:30'");
  REQUIRE(statement);
  REQUIRE(statement->parameters.size() == 3);
  CHECK(statement->parameters[2].name == "one");
  CHECK(statement->sql == "SELECT * FROM t WHERE a = ? AND b = ? AND c > ? AND d = '10:30'");
  store::Query query{"", {}, {{"one", number(1)}, {"two", number(2)}}};
  auto values = arrange(*statement, query);
  REQUIRE(values);
  CHECK(*(*values)[2] == number(1));
  query.named.pop_back();
  CHECK_FALSE(arrange(*statement, query));
  query.pad = true;
  CHECK(*(*arrange(*statement, query))[1] == store::Value{});
}

TEST_CASE("a parameter is known to be compared with a column") {
  auto statement = translate("SELECT ?, a + ? FROM t WHERE b = ? AND c IN (?, ?) AND d BETWEEN ? AND ? AND e >= ? LIMIT ?");
  REQUIRE(statement);
  std::string compared;
  for (const auto& parameter : statement->parameters) compared += parameter.compared ? 'x' : '-';
  CHECK(compared == "--xxxxxx-");
}

TEST_CASE("the table that a statement changes is known") {
  CHECK(translate("INSERT INTO \"a b\" (x) VALUES (1)")->table == "a b");
  CHECK(translate("UPDATE t SET x = 1")->table == "t");
  CHECK(translate("DELETE FROM t WHERE x = 1")->table == "t");
  CHECK(translate("SELECT * FROM t")->table.empty());
  CHECK(translate("(SELECT 1) UNION (SELECT 2)"));
}

TEST_CASE("nothing but one statement on rows passes") {
  for (const char* text : {"", "-- x", "DROP TABLE t", "SELECT 1; DELETE FROM t", "SET NAMES latin1", "/*! DROP TABLE t */",
                           "CALL p()", "SELECT * FROM t INTO OUTFILE '/tmp/x'", "SELECT @@version", "SELECT @a := 1",
                           "LOAD DATA INFILE 'x' INTO TABLE t", "KILL 1", "GRANT ALL ON *.* TO x"}) {
    INFO(text);
    auto refused = translate(text);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Code::invalid);
  }
}

TEST_CASE("schema files keep SQLite's sizes and numbers") {
  CHECK(translate_schema("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n INTEGER, x TEXT, b BLOB);") ==
        "CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, n BIGINT, x MEDIUMTEXT, b LONGBLOB);");
  CHECK(translate_schema("CREATE TABLE t (id INTEGER PRIMARY KEY, x VARCHAR(9) DEFAULT 'TEXT')") ==
        "CREATE TABLE t (id BIGINT PRIMARY KEY AUTO_INCREMENT, x VARCHAR(9) DEFAULT 'TEXT')");
  CHECK(translate_schema("CREATE VIEW v AS SELECT CAST(a AS INTEGER) AS n FROM t WHERE a = 1") ==
        "CREATE VIEW v AS SELECT CAST(a AS INTEGER) AS n FROM t WHERE a = 1");
  CHECK(translate_schema("CREATE UNIQUE INDEX i ON t (a) WHERE a IS NOT NULL; SELECT 1 WHERE 1") ==
        "CREATE UNIQUE INDEX i ON t (a) ; SELECT 1 WHERE 1");
}
