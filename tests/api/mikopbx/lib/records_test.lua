-- lib.mikopbx_records: bounds of what may be asked.
local records = require "mikopbx.lib.records"

local CTX = { tenant = { id = 1, code = "DEMO" } }

test("odd offsets, dates and spans are refused by name", function(t)
  for field, filter in pairs({
    offset = { offset = -1 }, dateFrom = { dateFrom = "soon" },
    dateTo = { dateFrom = "2001-01-01", dateTo = "2003-01-01" },
  }) do
    local list, err = records.list(CTX, filter)
    t.equal(list, nil)
    t.equal(err.field, field)
  end
end)

test("an unknown token stands for nothing", function(t)
  t.equal(records.recording("0123"), nil)
end)
