#include "store/migrate.h"

#include <sys/stat.h>

#include <fstream>

#include "store_fixture.h"

using namespace store_test;
using base::Code;

namespace {

void put(const Folder& folder, const std::string& name, std::string_view text) {
  std::ofstream(folder.path + "/" + name, std::ios::binary) << text;
}

struct New {
  Folder schema, data;
  std::string url = "sqlite://" + data.path + "/new.db";
};

}  // namespace

TEST_CASE("files are applied in order, once") {
  New place;
  put(place.schema, "0002_more.sql", "INSERT INTO t VALUES (2);");
  put(place.schema, "0001_first.sql", "-- why\nCREATE TABLE t (x);");
  put(place.schema, "0003_ours.sqlite.sql", "INSERT INTO t VALUES (3);");
  put(place.schema, "0003_theirs.mariadb.sql", "not for this engine");
  put(place.schema, "README.md", "no sql");
  auto first = store::migrate(place.url, place.schema.path);
  REQUIRE(first);
  CHECK(*first == std::vector<std::string>{"0001_first.sql", "0002_more.sql", "0003_ours.sqlite.sql"});
  CHECK(store::migrate(place.url, place.schema.path)->empty());

  put(place.schema, "0004_new.sql", "INSERT INTO t VALUES (4);");
  CHECK(store::missing_migrations(place.url, place.schema.path)->size() == 1);
  CHECK(store::migrate(place.url, place.schema.path)->size() == 1);
  CHECK(store::missing_migrations(place.url, place.schema.path)->empty());
  auto direct = store::open_for_cli(place.url);
  CHECK((*(*direct)->run(sql("SELECT sum(x) FROM t"))).cell(0, 0).integer == 9);
}

TEST_CASE("of two files of one number and name the engine's own is applied") {
  for (const std::string& engine : engines) {
    store_test::Place place(engine);
    Folder schema;
    put(schema, "0001_first.sql", "CREATE TABLE t (x VARCHAR(20));");
    put(schema, "0002_more.sql", "INSERT INTO t VALUES ('all');");
    put(schema, "0002_more.mariadb.sql", "INSERT INTO t VALUES ('mariadb');");
    put(schema, "0003_own.sqlite.sql", "INSERT INTO t VALUES ('sqlite');");
    put(schema, "0004_last.sql", "INSERT INTO t VALUES ('last');");
    auto applied = store::migrate(place.url, schema.path);
    if (!applied) FAIL(applied.error().message);
    CHECK(applied->size() == (place.mariadb ? 3 : 4));
    auto rows = place.outside()->run(sql("SELECT x FROM t ORDER BY x"));
    REQUIRE(rows);
    CHECK(rows->size() == (place.mariadb ? 2 : 3));
    CHECK(rows->text(rows->size() - 1, 0) == (place.mariadb ? "mariadb" : "sqlite"));
    CHECK(store::migrate(place.url, schema.path)->empty());
  }
}

TEST_CASE("an edited file is an error and nothing is applied") {
  New place;
  put(place.schema, "0001_first.sql", "CREATE TABLE t (x);");
  REQUIRE(store::migrate(place.url, place.schema.path));
  put(place.schema, "0001_first.sql", "CREATE TABLE t (x, y);");
  put(place.schema, "0002_more.sql", "CREATE TABLE u (x);");
  auto again = store::migrate(place.url, place.schema.path);
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::conflict);
  CHECK(again.error().message.find("0001_first.sql") != std::string::npos);
  CHECK_FALSE(store::missing_migrations(place.url, place.schema.path));
  auto direct = store::open_for_cli(place.url);
  CHECK_FALSE((*direct)->run(sql("SELECT * FROM u")));
}

TEST_CASE("a file that fails leaves nothing of itself, and names itself") {
  New place;
  put(place.schema, "0001_good.sql", "CREATE TABLE t (x);");
  put(place.schema, "0002_bad.sql", "CREATE TABLE u (x); INSERT INTO nowhere VALUES (1);");
  auto failed = store::migrate(place.url, place.schema.path);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("0002_bad.sql") != std::string::npos);
  auto direct = store::open_for_cli(place.url);
  CHECK((*direct)->run(sql("SELECT * FROM t")));
  CHECK_FALSE((*direct)->run(sql("SELECT * FROM u")));
  put(place.schema, "0002_bad.sql", "CREATE TABLE u (x);");
  CHECK(store::migrate(place.url, place.schema.path)->size() == 1);
}

TEST_CASE("a folder with a wrong name, or none, is refused") {
  New place;
  CHECK(store::check_migrations(place.schema.path).error().code == Code::not_found);
  CHECK_FALSE(store::migrate(place.url, place.schema.path + "/none"));
  put(place.schema, "first.sql", "");
  CHECK(store::check_migrations(place.schema.path).error().code == Code::invalid);
}

TEST_CASE("the file is not for everybody to read") {
  New place;
  put(place.schema, "0001_first.sql", "CREATE TABLE t (x);");
  REQUIRE(store::migrate(place.url, place.schema.path));
  struct stat status {};
  REQUIRE(stat((place.data.path + "/new.db").c_str(), &status) == 0);
  CHECK((status.st_mode & 07) == 0);
}

TEST_CASE("the project's own schema applies and its look-ups are point reads") {
  New place;
  std::string schema = PATCHBAY_SOURCE_DIR "/schema";
  auto applied = store::migrate(place.url, schema);
  if (!applied) FAIL(applied.error().message);
  CHECK(store::migrate(place.url, schema)->empty());
  CHECK(store::missing_migrations(place.url, schema)->empty());

  auto database = store::open(place.url);
  REQUIRE(database);
  Lane lane(**database);
  for (const char* text :
       {"SELECT * FROM \"keys\" WHERE ak_hash = 'x'", "SELECT * FROM te_tenants WHERE te_code = 'DEMO'",
        "SELECT * FROM ex_extensions WHERE ex_te_id = 1 AND ex_number = '100'",
        "SELECT * FROM ex_extensions WHERE ex_te_id = 1 ORDER BY ex_number",
        "SELECT * FROM ps_endpoints WHERE id = '100-DEMO'",
        "SELECT * FROM ps_contacts WHERE endpoint = '100-DEMO'",
        "SELECT * FROM de_destinations WHERE de_type_src = 'DID' AND de_type_id_src = 1 ORDER BY de_ord",
        "SELECT * FROM de_destinations WHERE de_type_dst = 'EXT' AND de_type_id_dst = 1",
        "SELECT * FROM se_settings WHERE se_te_id = 1 AND se_code = 'X'",
        "SELECT * FROM voicemail WHERE context = 'DEMO' AND mailbox = '100'",
        "SELECT * FROM queue_member WHERE queue_name = '1'",
        "SELECT * FROM cdr WHERE uniqueid = 'x'", "SELECT * FROM cdr WHERE linkedid = 'x'",
        "SELECT * FROM cdr WHERE originateid = 'x'", "SELECT * FROM og_originates WHERE og_id = 'x'",
        "SELECT * FROM ms_sessions WHERE ms_id = 'x'", "SELECT * FROM us_users WHERE us_username = 'x'"}) {
    INFO(text);
    auto rows = lane.reader->try_inline(sql(text), {});
    REQUIRE(rows);
    CHECK(rows->ok());
  }
  CHECK(count(lane, "SELECT count(*) FROM pi_phonebookitems") == 18);
}

TEST_CASE("own folders come after ours, and the later of two counts") {
  New place;
  Folder first, second, empty;
  put(place.schema, "0001_first.sql", "CREATE TABLE t (x);");
  put(first, "0001_first.sql", "CREATE TABLE own (x);");
  put(first, "9001_room.sql", "not SQL");
  put(second, "9001_room.sql", "INSERT INTO own VALUES (1);");
  auto applied = store::migrate(place.url, place.schema.path, {first.path, second.path, empty.path});
  REQUIRE(applied);
  CHECK(*applied == std::vector<std::string>{"0001_first.sql", "own/0001_first.sql", "own/9001_room.sql"});
  CHECK(store::migrate(place.url, place.schema.path, {first.path, second.path})->empty());
  CHECK(store::migrate(place.url, place.schema.path)->empty());
  put(second, "9001_room.sql", "INSERT INTO own VALUES (2);");
  CHECK_FALSE(store::migrate(place.url, place.schema.path, {second.path}));
}
