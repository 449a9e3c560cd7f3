-- Module `store`: a real database, this file's own copy.
local http = require "http"
local store = require "store"
local task = require "task"

local INSERT = "INSERT INTO fe_features (fe_te_id, fe_code) VALUES (?, ?)"

local function codes()
  return store.query("SELECT fe_code AS code FROM fe_features WHERE fe_code LIKE '*9%' ORDER BY fe_code"):column("code")
end

local function tenant() return store.value("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'") end

test("values are bound and come back as they are", function(t)
  local evil = "x'; DROP TABLE te_tenants; --"
  local row = store.row("SELECT ? AS a, ? AS b, ? AS c, ? AS d, ? AS e", { evil, 1.5, true, nil, "\0" })
  t.equal(row, { a = evil, b = 1.5, c = 1, e = "\0" })
  t.equal(store.value("SELECT :name", { name = "Ada" }), "Ada")
  t.equal(store.value("SELECT 9007199254740993"), "9007199254740993")
  local none, err = store.row("SELECT 1 WHERE 0")
  t.equal({ none, err }, {})
end)

test("a result set", function(t)
  local rows = store.query("SELECT 1 AS n, 'a' AS s UNION ALL SELECT 2, NULL ORDER BY 1")
  t.equal(#rows, 2)
  t.equal(rows.columns, { "n", "s" })
  t.equal(rows[2], { n = 2 })
  t.equal(rows:column("n"), { 1, 2 })
  t.equal(rows:cell(1, "s"), "a")
  local seen = 0
  for row in rows:each() do seen = seen + row.n end
  t.equal(seen, 3)
  t.equal(rows:list()[1].s, "a")
end)

test("what is not one plain statement is the script's fault, and logged with its place", function(t)
  t.log:expect("at=\"?jobs/under_test.lua:%d+")
  for _, sql in ipairs { "SELECT", "SELECT 1; SELECT 2", "PRAGMA journal_mode", "DROP TABLE te_tenants",
    "ATTACH 'x' AS y", "SELECT nothing FROM nowhere", "" } do
    local rows, err = store.query(sql)
    t.equal(rows, nil, sql)
    t.equal(err.code, "internal", sql)
  end
  local rows, err = store.query("SELECT 1", { "one too many" })
  t.equal(rows, nil)
  t.equal(err.code, "internal")
end)

test("more rows than the limit are invalid", function(t)
  local sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20) SELECT i FROM n"
  t.equal(#store.query(sql), 20)
  local rows, err = store.query(sql, {}, { rows = 19 })
  t.equal(rows, nil)
  t.equal(err.code, "invalid")
end)

test("a transaction commits what its body returns", function(t)
  local te = tenant()
  local id, err = store.transaction(function(tx)
    local done, failed = tx:exec(INSERT, { te, "*90" })
    if not done then return nil, failed end
    t.equal(tx:value("SELECT count(*) FROM fe_features WHERE fe_code = '*90'"), 1)
    return done.id
  end)
  t.equal(err, nil)
  t.truthy(id > 0)
  t.equal(codes(), { "*90" })
end)

test("nil and err roll back, and so does a raised error", function(t)
  local te = tenant()
  local value, err = store.transaction(function(tx)
    tx:exec(INSERT, { te, "*91" })
    return nil, { code = "refused", message = "not today" }
  end)
  t.equal(value, nil)
  t.equal(err.code, "refused")
  t.equal(err.message, "not today")
  t.equal(codes(), { "*90" })

  local ok, message = pcall(store.transaction, function(tx)
    tx:exec(INSERT, { te, "*92" })
    error("boom")
  end)
  t.equal(ok, false)
  t.contains(tostring(message), "boom")
  t.equal(codes(), { "*90" })
  -- The writer is free again.
  t.truthy(store.write("DELETE FROM fe_features WHERE fe_code = '*90'"))
end)

test("a statement that fails leaves the transaction usable", function(t)
  local te = tenant()
  local count, err = store.transaction(function(tx)
    tx:exec(INSERT, { te, "*93" })
    local done, failed = tx:exec("INSERT INTO te_tenants (te_code) VALUES ('DEMO')")
    t.equal(done, nil)
    t.equal({ failed.code, failed.kind, failed.column }, { "conflict", "unique", "te_code" })
    return tx:value("SELECT count(*) FROM fe_features WHERE fe_code = '*93'")
  end)
  t.equal(err, nil)
  t.equal(count, 1)
  t.equal(codes(), { "*93" })
  store.write("DELETE FROM fe_features WHERE fe_code = '*93'")
end)

test("nothing else may wait inside a transaction, and the next one is not harmed", function(t)
  for name, wait in pairs {
    sleep = function() task.sleep(0.01) end,
    query = function() return store.query("SELECT 1 FROM te_tenants ORDER BY random()") end,
    http = function() return http.get(t.url .. "/healthz") end,
    all = function() return task.all { function() return store.query("SELECT 1") end } end,
    write = function() return store.write("DELETE FROM fe_features WHERE fe_code = 'none'") end,
    nested = function() return store.transaction(function() return 1 end) end,
  } do
    local ok, value = pcall(store.transaction, function(tx)
      tx:value("SELECT 1")
      local done, why = pcall(wait)
      if not done then error(why, 0) end
      return "waited"
    end)
    t.truthy(not ok or value ~= "waited", name)
  end
  t.equal(store.transaction(function(tx) return tx:value("SELECT 7") end), 7)
end)

test("what runs beside a transaction waits as it likes, and has its own", function(t)
  local te = tenant()
  local beside = {
    function()
      return store.transaction(function(tx)
        tx:exec(INSERT, { te, "*94" })
        for _ = 1, 50 do tx:value("SELECT 1") end
        local waited = pcall(task.sleep, 0)
        return waited
      end)
    end,
    function()
      task.sleep(0)
      local names = store.query("SELECT te_code FROM te_tenants ORDER BY random()")
      if not names then return nil end
      return store.transaction(function(tx) return tx:exec(INSERT, { te, "*95" }).changes end)
    end,
  }
  t.equal(task.all(beside), { { value = false }, { value = 1 } })
  t.equal(codes(), { "*94", "*95" })
  store.write("DELETE FROM fe_features WHERE fe_code LIKE '*9%'")
end)

test("a transaction is dead after its end", function(t)
  local kept
  store.transaction(function(tx)
    kept = tx
    return tx:value("SELECT 1")
  end)
  local ok, value = pcall(function() return kept:value("SELECT 1") end)
  t.truthy(not ok or value == nil)
end)

test("writers wait for each other and none is lost", function(t)
  t.sql("INSERT INTO se_settings (se_te_id, se_code, se_value) SELECT te_id, 'BIND_COUNT', '0' "
    .. "FROM te_tenants WHERE te_code = 'DEMO'")
  local list = {}
  for i = 1, 10 do
    list[i] = function()
      return store.transaction(function(tx)
        local now = tonumber(tx:value("SELECT se_value FROM se_settings WHERE se_code = 'BIND_COUNT'"))
        return tx:exec("UPDATE se_settings SET se_value = ? WHERE se_code = 'BIND_COUNT'", { now + 1 })
      end)
    end
  end
  for _, it in ipairs(task.all(list)) do t.equal(it.err, nil) end
  t.equal(tonumber(store.value("SELECT se_value FROM se_settings WHERE se_code = 'BIND_COUNT'")), 10)
end)

test("encode writes rows in every format", function(t)
  local rows = store.query("SELECT 1 AS id, 'a,b' AS name")
  t.equal(store.encode(rows, { format = "csv" }), 'id,name\n1,"a,b"\n')
  t.equal(store.encode(rows, { format = "json" }), '[{"id":1,"name":"a,b"}]')
  t.equal(store.encode(rows, { format = "json", text = true }), '[{"id":"1","name":"a,b"}]')
  t.equal(store.encode(store.query("SELECT 1 AS \"a.x\", NULL AS \"a.y\", NULL AS \"b.x\""), { format = "json", one = true,
    nested = true }), '{"a":{"x":1},"b":false}')
  local fine, why = pcall(store.encode, rows, { format = "json", nested = true, positional = true })
  t.equal(fine, false)
  t.contains(why, "positional")
  t.contains(store.encode(rows, { format = "xml" }), "<name>a,b</name>")
  t.equal(store.encode(rows, { format = "template", row = "{$name}#{$id};", head = "<", tail = ">" }), "<a,b#1;>")
  t.equal(type((store.stream("SELECT 1 AS one", {}, { format = "json" }))), "userdata")
  t.log:expect("no such table: nowhere")
  local body, err = store.stream("SELECT x FROM nowhere", {}, { format = "json" })
  t.equal(body, nil)
  t.equal(err.code, "internal")
end)

test("columns of a table, and none of an unknown one", function(t)
  local first = store.columns("te_tenants")[1]
  t.equal(first.name, "te_id")
  local columns, err = store.columns("nowhere")
  t.truthy(columns == nil and err or #(columns or {}) == 0)
end)

test("a blob is bytes", function(t)
  t.equal(store.value("SELECT ?", { store.blob("a\0b\255") }), "a\0b\255")
  t.equal(store.value("SELECT hex(?)", { store.blob("a\0b") }), "610062")
end)
