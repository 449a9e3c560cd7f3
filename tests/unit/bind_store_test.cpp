#include "script_fixture.h"
#include "store_fixture.h"

#include "bind/bind.h"
#include "script/watchdog.h"
#include "store/encode.h"

using namespace host;

namespace {

constexpr const char* schema =
    "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, n INTEGER);"
    "INSERT INTO t (name, n) VALUES ('a', 1), ('b', 2), ('c', NULL);";

// One lane with a real store; run() gives what the handler returned, as text.
struct World {
  explicit World(store::Settings settings = {}) : file(schema) {
    auto opened = store::open(file.url, settings);
    REQUIRE(opened);
    database = std::move(*opened);
    reader = database->reader(lane.loop);
    writer = database->writer(lane.loop);
    services.loop = &lane.loop;
    services.deadlines = &lane.deadlines;
    services.reader = reader.get();
    services.writer = writer.get();
  }
  ~World() { lane.generation.reset(); }

  void serve(const std::string& body) {
    lane.add("custom/surface.lua", tests::Lane::surface_script);
    lane.set.scripts["run.lua"] = {
        "/test/run.lua", "local store = require 'store' local json = require 'json' " +
                             tests::Lane::handler(body, "write")};
    serve();
  }
  // The lane's scripts as they stand.
  void serve() {
    auto built = build();
    if (!built) FAIL(built.error().message);
    lane.generation = std::move(*built);
  }
  base::Result<std::unique_ptr<script::Generation>> build() {
    auto setup = lane.setup();
    setup.open_modules = [this](lua_State* L) {
      bind::set_services(L, &services);
      bind::open_json(L);
      bind::open_store(L);
      tests::open_probe(L, lane.probe);
    };
    return script::Generation::build(lane.set, 1, std::move(setup), nullptr);
  }
  std::string run(const std::string& body) {
    serve(body);
    auto response = lane.get("/run");
    return response.status == 200 ? tests::Lane::text(response) : std::to_string(response.status);
  }
  long long stored(const std::string& where = "1") {
    auto direct = store::open_for_cli(file.url);
    return (*(*direct)->run({"SELECT count(*) FROM t WHERE " + where, {}, {}})).cell(0, 0).integer;
  }

  store_test::File file;
  std::unique_ptr<store::Database> database;
  tests::Lane lane;
  std::unique_ptr<store::Reader> reader;
  std::unique_ptr<store::Writer> writer;
  bind::Services services;
};

}  // namespace

TEST_CASE("store: rows, a row and a value, looked up or scanned") {
  World world;
  CHECK(world.run("return store.value('SELECT name FROM t WHERE id = ?', { 2 })") == "b");
  CHECK(world.run("return store.value('SELECT name FROM t WHERE +id = ?', { 2 })") == "b");
  CHECK(world.run("local r = store.row('SELECT * FROM t WHERE id = :i', { i = 3 }) return r.name .. tostring(r.n)") == "cnil");
  CHECK(world.run("local r, e = store.row('SELECT * FROM t WHERE id = 9') return tostring(r) .. tostring(e)") == "nilnil");
  CHECK(world.run("local r = store.query('SELECT * FROM t') local s = #r .. r.columns[2]"
                  " for row in r:each() do s = s .. row.name end"
                  " return s .. r[2].name .. tostring(r[4]) .. #r:list() .. r:column('n')[2] .. r:cell(1, 'name') .. r:cell(1, 2)") ==
        "3nameabcbnil32aa");
  CHECK(world.run("return json.encode(store.query('SELECT id, n FROM t'))") ==
        R"([{"id":1,"n":1},{"id":2,"n":2},{"id":3,"n":null}])");
}

TEST_CASE("store: parameters of every kind, and wrong ones") {
  World world;
  CHECK(world.run("local r = store.row('SELECT ?1 AS a, ?2 AS b, ?3 AS c, ?4 AS d', { nil, true, 1.5, 'x' })"
                  " return tostring(r.a) .. r.b .. r.c .. r.d") == "nil11.5x");
  CHECK(world.run("return tostring(store.value('SELECT ? IS NULL', { json.null }))") == "1");
  CHECK(world.run("return store.value('SELECT typeof(?)', { store.blob('a') })") == "blob");
  CHECK(world.run("local v, e = store.value('SELECT ?', { 1, 2 }) return e.code") == "internal");
  CHECK(world.run("local v, e = store.value('SELEC') return e.code") == "internal");
  CHECK(world.run("local v, e = store.value('DELETE FROM t') return e.code") == "internal");
  CHECK(world.run("local v, e = store.query('SELECT * FROM t', nil, { rows = 2 }) return e.code") == "invalid");
  CHECK(world.run("return store.value('SELECT 9223372036854775807')") == "9223372036854775807");
}

TEST_CASE("store: write answers its id, and conflict for a double") {
  World world;
  CHECK(world.run("local d = store.write('INSERT INTO t (name) VALUES (?)', { 'd' }) return d.id .. d.changes") == "41");
  CHECK(world.stored() == 4);
  CHECK(world.run("local d, e = store.write('INSERT INTO t (name) VALUES (?)', { 'd' }) return tostring(d) .. e.code") == "nilconflict");
}

TEST_CASE("store: a transaction commits what its body returns from") {
  World world;
  CHECK(world.run("return store.transaction(function(tx)"
                  " local d = tx:exec('INSERT INTO t (name) VALUES (?)', { 'd' })"
                  " return tx:value('SELECT count(*) FROM t') .. tx:row('SELECT name FROM t WHERE id = ?', { d.id }).name .. #tx:query('SELECT * FROM t')"
                  " end)") == "4d4");
  CHECK(world.stored() == 4);
  // And afterwards the task may do anything again.
  CHECK(world.run("store.transaction(function() end) return store.value('SELECT 1')") == "1");
}

TEST_CASE("store: a transaction is undone by an error, returned or raised") {
  World world;
  CHECK(world.run("local v, e = store.transaction(function(tx) tx:exec(\"DELETE FROM t\")"
                  " return nil, { code = 'denied' } end) return tostring(v) .. e.code") == "nildenied");
  CHECK(world.run("local ok, e = pcall(store.transaction, function(tx) tx:exec(\"DELETE FROM t\")"
                  " error({ code = 'x' }) end) return tostring(ok) .. e.code .. store.value('SELECT 1')") == "falsex1");
  CHECK(world.run("local held store.transaction(function(tx) held = tx end)"
                  " local v, e = held:exec('DELETE FROM t') return e.code") == "conflict");
  CHECK(world.stored() == 3);
}

TEST_CASE("store: nothing else may wait inside a transaction") {
  World world;
  for (const char* call : {"store.query('SELECT 1')", "require('probe').wait()",
                           "store.transaction(function() end)"}) {
    CHECK(world.run(std::string("local ok, e = pcall(store.transaction, function() ") + call +
                    " end) return tostring(ok) .. tostring(e:find('transaction') ~= nil)") == "falsetrue");
  }
}

TEST_CASE("store: a task that dies in a transaction leaves nothing and blocks nobody") {
  World world({.idle_ms = 60'000});
  world.serve("return store.transaction(function(tx) tx:exec(\"DELETE FROM t\")"
              " tx:query(\"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n\") end)");
  {
    auto pending = world.lane.start("/run");
    world.lane.until([&] { return world.database->counters().wait_us > 0; });
    world.lane.generation.reset();
  }
  CHECK(world.run("return store.write('DELETE FROM t WHERE id = 1').changes") == "1");
  CHECK(world.stored() == 2);
}

// The hook stops every line of Lua, so the roll-back behind pcall never ran: the writer stood
// still for everybody until the transaction had idled long enough.
TEST_CASE("store: a task stopped in a transaction blocks nobody") {
  script::Watchdog watchdog;
  World world({.idle_ms = 60'000});
  world.lane.watchdog = &watchdog;
  world.lane.limits.run_ms = 50;
  for (const char* body :
       {"tx:exec('DELETE FROM t') while true do end",
        "tx:exec('DELETE FROM t') while true do pcall(function() while true do end end) end",
        "while true do end"}) {
    CHECK(world.run(std::string("return store.transaction(function(tx) ") + body + " end)") == "504");
    CHECK(world.run("return store.write('UPDATE t SET n = 9').changes") == "3");
  }
}

TEST_CASE("store: a small answer streams as text, a large one in chunks") {
  World world;
  world.lane.add("custom/surface.lua",
                 "local api = surface { name = 'custom', mounts = { '' } }"
                 " function api.handle(req) return { body = req.handler(req) } end return api");
  auto body_of = [&](const std::string& body) {
    world.lane.set.scripts["run.lua"] = {"/test/run.lua", "local store = require 'store' " +
                                                              tests::Lane::handler(body, "write")};
    world.serve();
    return world.lane.get("/run");
  };
  auto small = body_of("return store.stream('SELECT id, name FROM t WHERE id = ?', { 1 }, { format = 'csv' })");
  CHECK(tests::Lane::text(small) == "id,name\n1,a\n");
  auto large = body_of("return store.stream('SELECT id, name FROM t', nil, { format = 'json', text = true, integers = { 'id' } })");
  auto* source = std::get_if<std::unique_ptr<http::ChunkSource>>(&large.body);
  REQUIRE(source);
  std::string text;
  for (bool more = true; more;) {
    bool answered = false;
    auto pending = (*source)->next([&](auto chunk) {
      answered = true;
      REQUIRE(chunk);
      more = !chunk->empty();
      text += *chunk;
    });
    REQUIRE(world.lane.until([&] { return answered; }));
  }
  CHECK(text == R"([{"id":1,"name":"a"},{"id":2,"name":"b"},{"id":3,"name":"c"}])");
}

TEST_CASE("store: columns of a table, and of none") {
  World world;
  CHECK(world.run("local c = store.columns('t') c = store.columns('t') return #c .. c[2].name .. c[2].type") == "3nameTEXT");
  CHECK(world.run("local c, e = store.columns('nowhere') return e.code") == "not_found");
}

TEST_CASE("store: while scripts load nothing can be asked") {
  World world;
  world.lane.add("custom/surface.lua", tests::Lane::surface_script);
  world.lane.set.scripts["run.lua"] = {"/test/run.lua",
                                       "require('store').value('SELECT 1') " + tests::Lane::handler("return 1")};
  auto built = world.build();
  REQUIRE_FALSE(built);
  CHECK(built.error().message.find("while scripts load") != std::string::npos);
}
