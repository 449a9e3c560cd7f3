-- Conditions about the time, decided without a call.
local hours = require "model.hours"
local time = require "time"

local next_id = 500

local function open(t, kind, params, rows, at, zone)
  next_id = next_id + 1
  t.sql([[INSERT INTO co_conditions (co_id, co_te_id, co_name, co_type, co_param1, co_param2, co_timezone)
    SELECT ?, te_id, 'C', ?, ?, ?, ? FROM te_tenants WHERE te_code = 'DEMO']],
    { next_id, kind, params[1] or "", params[2] or "", zone or "Europe/Rome" })
  for _, row in ipairs(rows or {}) do
    t.sql("INSERT INTO ce_conditions_extended (ce_co_id, ce_param1, ce_param2, ce_param3) VALUES (?, ?, ?, ?)",
      { next_id, row[1], row[2], row[3] })
  end
  local tenant = t.sql("SELECT te_id FROM te_tenants WHERE te_code = 'DEMO'")[1].te_id
  local yes, err = hours.open(tenant, next_id, time.parse(at, zone or "Europe/Rome"))
  if yes == nil then return err.code end
  return yes
end

test("weekdays and times, over midnight too", function(t)
  local week = { { "1", "9:00", "12:30" }, { "fri", "22:00", "02:00" } }
  -- 2026-01-05 is a Monday
  t.equal({ open(t, "WEEKTIME", {}, week, "2026-01-05 09:00"), open(t, "WEEKTIME", {}, week, "2026-01-05 12:31"),
    open(t, "WEEKTIME", {}, week, "2026-01-09 23:00"), open(t, "WEEKTIME", {}, week, "2026-01-06 10:00") },
    { true, false, true, false })
  t.equal({ open(t, "WEEKDAY", { "mon-fri" }, nil, "2026-01-09 10:00"), open(t, "WEEKDAY", { "mon-fri" }, nil, "2026-01-10 10:00"),
    open(t, "WEEKDAY", { "6,7" }, nil, "2026-01-11 10:00") }, { true, false, true })
end)

test("hours, days and dates", function(t)
  t.equal({ open(t, "HOURS", { "8:00", "17:00" }, nil, "2026-01-05 17:00"), open(t, "HOURS", { "8:00", "17:00" }, nil, "2026-01-05 17:01") },
    { true, false })
  t.equal({ open(t, "DAYOFMONTH", { "1,10-12" }, nil, "2026-01-11 10:00"), open(t, "DAYOFMONTH", { "1" }, nil, "2026-01-11 10:00") },
    { true, false })
  t.equal({ open(t, "DATEBETWEEN", { "2026-01-01", "2026-01-31" }, nil, "2026-01-31 23:59"),
    open(t, "DATEEXACT", { "2026-01-30" }, nil, "2026-01-31 23:59"), open(t, "DATELESSER", { "2026-01-30" }, nil, "2026-01-31 23:59"),
    open(t, "DATEGREATER", { "2026-01-30" }, nil, "2026-01-31 23:59") }, { true, false, false, true })
end)

test("in the condition's own zone, and nothing that only a call can answer", function(t)
  t.equal(open(t, "HOURS", { "8:00", "9:00" }, nil, "2026-01-05 08:30", "Asia/Tokyo"), true)
  t.equal(open(t, "SIMPLECALLERID", { "0611" }, nil, "2026-01-05 08:30"), "invalid")
end)
