-- lib.sql: statements out of tables; values are never in the text.
local json = require "json"
local sql = require "engine.sql"

test("values are bound, NULL is written", function(t)
  local text, params = sql.insert("t", { b = "x'; DROP", a = json.null })
  t.equal(text, 'INSERT INTO "t" ("a", "b") VALUES (NULL, ?)')
  t.equal(params, { "x'; DROP" })
  text, params = sql.update("t", { a = 1 }, { id = 2 })
  t.equal(text, 'UPDATE "t" SET "a" = ? WHERE "id" = ?')
  t.equal(params, { 1, 2 })
end)

test("a list is an IN, an empty one matches nothing", function(t)
  local params = {}
  t.equal(sql.where({ a = { 1, 2 } }, params, "o."), 'o."a" IN (?, ?)')
  t.equal(params, { 1, 2 })
  t.equal(sql.where({ a = {} }, {}), "1 = 0")
  t.equal(sql.where({}, {}), "1 = 1")
end)

test("what a SELECT names has names", function(t)
  t.equal({ sql.listed({ "a", "o.b", 'o."c"', "coalesce(d, '') AS e", '1 AS "end"' }) },
    { [[a, o.b, o."c", coalesce(d, '') AS e, 1 AS "end"]], { "a", "b", "c", "e", "end" } })
end)

test("names are quoted", function(t)
  t.equal(sql.name('100"rel'), '"100""rel"')
end)

test("columns under the labels of who asks", function(t)
  local columns = { { "a", "A" }, { "st", "State of it" } }
  t.equal(sql.labelled(columns), '"a" AS "A", "st" AS "State of it"')
  t.equal(sql.labelled(columns, "o.", { st = "s.st" }), 'o."a" AS "A", s.st AS "State of it"')
end)
