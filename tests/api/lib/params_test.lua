-- lib.check: declared parameters against what came.
local check = require "lib.params"

local function field(declared, given)
  local _, err = check.values(declared, given)
  return err and err.field
end

test("types are converted, wrong ones name their field", function(t)
  local values = check.values({
    n = { type = "integer" }, f = { type = "boolean" }, l = { type = "list" }, s = { default = "x" },
  }, { n = " 12", f = "on", l = "a, b" })
  t.equal(values, { n = 12, f = true, l = { "a", "b" }, s = "x" })
  t.equal(field({ n = { type = "integer" } }, { n = "1.5" }), "n")
  t.equal(field({ n = { type = "integer" } }, { n = "0x10" }), "n")
  t.equal(field({ n = { type = "integer", max = 5 } }, { n = "6" }), "n")
  t.equal(field({ e = { type = "extension" } }, { e = "1 2" }), "e")
  t.equal(field({ d = { type = "datetime" } }, { d = "2026-02-32" }), "d")
  t.equal(field({ s = { pattern = "%d+" } }, { s = "1a" }), "s")
  t.equal(field({ s = { max = 2 } }, { s = "abc" }), "s")
end)

test("aliases, enums in any case, required values", function(t)
  t.equal(check.values({ name = { aliases = { "code" } } }, { code = "x" }).name, "x")
  t.equal(check.values({ v = { enum = { "INUSE" } } }, { v = "inuse" }).v, "INUSE")
  local _, err = check.values({ v = { required = true } }, { v = "" })
  t.equal(err.reason, "missing_required_field")
end)

test("a bare date is a whole day", function(t)
  t.equal(check.datetime("2026-01-02"), "2026-01-02 00:00:00")
  t.equal(check.datetime("2026-01-02", { last = true }), "2026-01-02 23:59:59")
  t.equal(check.datetime("2026-01-02T03:04"), "2026-01-02 03:04:00")
  t.equal(check.datetime("2026-13-02"), nil)
end)

test("one digit will do where the first of two is 0", function(t)
  t.equal({ check.datetime("2025-1-01"), check.datetime("2025-1-1 9:05"), check.datetime("2025-1-1", { last = true }) },
    { "2025-01-01 00:00:00", "2025-01-01 09:05:00", "2025-01-01 23:59:59" })
  t.equal({ check.datetime("2025-13-1"), check.datetime("2025-1-1 9") }, {})
end)

test("an action takes what its route takes, its own has the last word", function(t)
  local route = { params = { id = { max = 1 }, tenant = {} } }
  local action = { params = { id = { max = 2 } }, body = { name = {} } }
  local declared = check.declared(route, action)
  t.equal({ declared.id.max, declared.tenant, declared.name }, { 2, {} })
  t.equal(check.declared(route, action) == declared, true, "made once")
  t.equal(check.declared(route, { body = { name = { max = 3 } } }, true).name.max, 3)
end)
