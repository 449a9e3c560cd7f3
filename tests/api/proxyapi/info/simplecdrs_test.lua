-- info=SIMPLECDRS, one row per call.
local time = require "time"
local simple = require("support.proxyapi").asker("SIMPLECDRS")

local function call(t, id, number, te)
  t.sql([[INSERT INTO sc_simplecdr (sc_id, sc_te_id, sc_start, sc_direction, sc_calleridnum,
      sc_calleridname, sc_dialednum, sc_disposition, sc_duration, sc_uniqueid, sc_whoanswered)
    SELECT ?, te_id, ?, 'IN', ?, 'Ann A', '102', 'ANSWERED', 12, ?, '102-DEMO'
    FROM te_tenants WHERE te_code = ?]],
    { id, time.format("%Y-%m-%d") .. " 10:00:00", number, "u." .. id, te or "DEMO" })
end

test("eleven fields, named and positional, strings", function(t)
  t.equal(simple(t, { format = "json" }).body, "[]")
  call(t, 1, "103")
  call(t, 2, "104")
  call(t, 3, "105", "OTHER")
  local rows = simple(t, { format = "json" }).json
  t.equal(#rows, 2)
  t.equal(rows[1].tenantcode, "DEMO")
  t.equal(rows[1]["1"], "DEMO")
  t.equal(rows[1].sc_duration, "12")
  t.equal(rows[1]["10"], "102-DEMO")
  t.equal(#simple(t, { format = "json", calleridnum = "103,104" }).json, 2)
  t.equal(#simple(t, { format = "json", calleridnum = "103" }).json, 1)
end)

test("csv quotes what holds a blank", function(t)
  local csv = simple(t, { format = "csv", calleridnum = "103" }).body
  t.matches(csv, "^sc_te_id,tenantcode,sc_start,sc_direction,")
  t.contains(csv, ',"Ann A",')
end)

-- Plain rows gave each value twice below a header of eleven words: every client's split was off.
test("plain rows have the eleven fields of the header", function(t)
  local text = simple(t, { calleridnum = "103" }).body
  t.matches(text, "^sc_te_id|tenantcode|.*|sc_whoanswered\n%d+|DEMO|[^|]*|IN|103|Ann A|102|ANSWERED|12|u.1|102%-DEMO\n$")
end)
