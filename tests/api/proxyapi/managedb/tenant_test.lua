-- MANAGEDB object tenant.
local managedb = require "support.managedb"

local tenant = managedb.object {
  object = "TENANT", id = "te_id", shown = { "te_code", "te_name" }, global = true,
  fields = { te_code = "RELAX", te_name = "Relax & entertainment", pk_start = 800, pk_end = 810 },
  change = { te_name = "Relax and entertainment", pk_end = 820 },
}
local call = tenant.call

test("add, get, list, update, delete", tenant.life)

test("bad data, foreign and read-only keys", tenant.guard)

test("a filter is understood, never run as SQL", function(t)
  t.sql("UPDATE te_tenants SET te_disabled = 'on' WHERE te_code = 'OTHER'")
  local function list(filter)
    return call(t, "list", { filter = filter })
  end
  local found = list("te_disabled='on'").json
  t.equal(found["2"].te_code, "OTHER")
  t.equal(found["1"], nil)
  t.truthy(list("te_code LIKE 'DE%' AND te_id < '5'").json["1"])
  t.equal(list("1=1; DROP TABLE te_tenants").body, "")
  t.equal(list("te_code='x' OR 1=1").body, "")
  t.truthy(call(t, "list").json["1"])
end)
