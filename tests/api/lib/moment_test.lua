-- lib/moment.lua: moments as they are stored.
local moment = require "lib.moment"
local time = require "time"

test("a moment is a text that compares as it should", function(t)
  t.equal(moment.text(0), time.format("%Y-%m-%d %H:%M:%S", 0))
  t.matches(moment.now(), "^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d$")
  t.equal(moment.now(-60) < moment.now(), true)
  t.equal(moment.now(60) > moment.now(), true)
  t.equal(time.parse(moment.text(1700000000)), 1700000000)
end)
