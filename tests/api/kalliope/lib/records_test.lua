-- kalliope.lib.records: what the two lists of call records share.
local records = require "kalliope.lib.records"
local xml = require "xml"

test("a mask is in the statement, and none for who may see all", function(t)
  t.equal(records.party("a", "b", true), "a")
  t.contains(records.party("a", "b", false), "'XXX'")
end)

test("filters: a wildcard at the ends alone, and any over all columns", function(t)
  local params = {}
  local filter = xml.decode("<filter><status>1%_2%</status></filter>")
  t.equal(records.conditions(filter, { "status", "id" }, { "status" }, params), [[CAST("status" AS CHAR(255)) LIKE ? ESCAPE '!']])
  t.equal(params, { "1!%!_2%" })
  t.contains(records.conditions(xml.decode("<filter><any>x</any></filter>"), { "status", "id" }, {}, {}), " OR ")
  t.equal(records.conditions(nil, {}, {}, {}), "1 = 1")
end)
