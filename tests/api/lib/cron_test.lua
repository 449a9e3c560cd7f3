-- Times of jobs.
local cron = require "lib.cron"

local NOW = { minute = 30, hour = 9, day = 2, month = 11, weekday = 1, year = 2026 } -- a Monday

local function due(fields, now) return cron.due(fields, now or NOW) end

test("a field is what crontab takes", function(t)
  for _, text in ipairs({ "", "*", "5", "0-59", "*/15", "8-18/2", "1,2,30-40", "7/10", "05", "50-10" }) do
    t.equal(cron.valid("minute", text), true, text)
  end
  for _, text in ipairs({ "60", "*/0", "005", "1,,2", ",", "1,", "-", "-5", "a", "*5", "1-2-3", "/5" }) do
    t.equal(cron.valid("minute", text), false, text)
  end
  t.equal(cron.valid("weekday", "7"), true)
  t.equal(cron.valid("day", "0"), false)
  t.equal(cron.valid("month", "13"), false)
  t.equal(cron.valid("year", "2026"), true)
  t.equal(cron.valid("year", "0"), false)
end)

test("a range may go past the end", function(t)
  t.equal(due({ hour = "22-9" }), true)
  t.equal(due({ hour = "22-8" }), false)
  t.equal(due({ minute = "50-40/10" }), true)
  t.equal(due({ minute = "50-40/15" }), false)
  t.equal(due({ weekday = "5-1" }), true)
  t.equal(due({ weekday = "3-0" }), false)
end)

test("a minute is named by all fields that are set", function(t)
  t.equal(due({ minute = "30" }), true)
  t.equal(due({ minute = "29" }), false)
  t.equal(due({ minute = "*/15", hour = "8-18", month = "11", year = "2026" }), true)
  t.equal(due({ minute = "*/15", hour = "10" }), false)
  t.equal(due({ hour = "9" }), true)
  t.equal(due({ minute = "*" }), true)
  t.equal(due({ minute = "20/5" }), true)
  t.equal(due({ minute = "30", year = "2027" }), false)
end)

test("no field is no time", function(t)
  t.equal(due({}), false)
  t.equal(due({ minute = "", hour = "" }), false)
end)

test("a day and a weekday are alternatives, and Sunday has two numbers", function(t)
  t.equal(due({ minute = "30", day = "15", weekday = "1" }), true)
  t.equal(due({ minute = "30", day = "2", weekday = "5" }), true)
  t.equal(due({ minute = "30", day = "15", weekday = "5" }), false)
  t.equal(due({ minute = "30", day = "15", weekday = "*" }), false)
  t.equal(due({ minute = "30", day = "15" }), false)
  local sunday = { minute = 30, hour = 9, day = 1, month = 11, weekday = 0, year = 2026 }
  t.equal(due({ weekday = "7" }, sunday), true)
  t.equal(due({ weekday = "0" }, sunday), true)
  t.equal(due({ weekday = "6" }, sunday), false)
end)
