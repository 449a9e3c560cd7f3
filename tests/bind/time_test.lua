-- Module `time`.
local time = require "time"

test("format and parse are each other's reverse, in a zone", function(t)
  local at = 1700000000
  t.equal(time.format("%Y-%m-%d %H:%M:%S", at, "UTC"), "2023-11-14 22:13:20")
  t.equal(time.format("%Y-%m-%dT%H:%M:%S.%3f%:z", at + 0.5, "Europe/Rome"), "2023-11-14T23:13:20.500+01:00")
  for _, zone in ipairs { "UTC", "Europe/Rome", "America/New_York", "Asia/Kolkata" } do
    t.equal(time.parse(time.format("%F %T", at, zone), zone), at, zone)
  end
end)

test("an offset in the text counts instead of the zone", function(t)
  t.equal(time.parse("2023-11-14T22:13:20Z", "Europe/Rome"), 1700000000)
  t.equal(time.parse("2023-11-14T23:13:20+01:00", "Asia/Kolkata"), 1700000000)
  t.equal(time.parse("2023-11-14 22:13:20.25", "UTC"), 1700000000.25)
end)

test("short forms", function(t)
  t.equal(time.parse("2023-11-14", "UTC"), 1699920000)
  t.equal(time.parse("2023-11-14 22:13", "UTC"), 1699999980)
end)

test("summer time", function(t)
  -- 02:30 does not exist on this night and is there twice on that one.
  t.equal(time.format("%F %T", time.parse("2024-03-31 02:30:00", "Europe/Rome"), "UTC"), "2024-03-31 01:30:00")
  t.equal(time.format("%F %T", time.parse("2024-10-27 02:30:00", "Europe/Rome"), "UTC"), "2024-10-27 00:30:00")
end)

test("what is no date is invalid", function(t)
  for _, text in ipairs { "", "today", "2023-13-01", "2023-02-30", "2023-11-14 25:00", "2023-11-14x" } do
    local epoch, err = time.parse(text, "UTC")
    t.equal(epoch, nil, text)
    t.equal(err.code, "invalid", text)
  end
end)

test("unknown zones and letters raise", function(t)
  t.equal(time.known_zone("Europe/Rome"), true)
  t.equal(time.known_zone("Europe/Nowhere"), false)
  t.equal(time.known_zone("../../etc/passwd"), false)
  t.falsy(pcall(time.format, "%F", 0, "Europe/Nowhere"))
  t.falsy(pcall(time.parse, "2023-11-14", "../../etc/passwd"))
  t.falsy(pcall(time.format, "%Q", 0))
  t.falsy(pcall(time.format, "%F", 1e18))
end)

test("now is near, the clock does not go back", function(t)
  t.truthy(time.now() > 1700000000)
  local before = time.clock()
  t.truthy(time.clock() >= before)
end)
