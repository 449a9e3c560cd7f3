-- Module `log`: the lines go to the host's log, of which the runner shows a test what is at warn or above.
local log = require "log"

test("every level takes a message and fields", function(t)
  for _, level in ipairs { "warn", "error" } do
    t.log:expect("^" .. level .. " handler said by a test .*number=1")
    t.log:expect("^" .. level .. ' handler said by a test .*text="a\\nb=c"')
    t.log:expect("^" .. level .. " handler said by a test handler=")
  end
  for _, level in ipairs { "debug", "info", "warn", "error" } do
    t.truthy(pcall(log[level], "said by a test", { number = 1, text = "a\nb=c", flag = true }))
    t.truthy(pcall(log[level], "said by a test"))
  end
end)

test("a message that is no text raises", function(t)
  t.falsy(pcall(log.info))
  t.falsy(pcall(log.info, {}))
  t.falsy(pcall(log.error, "x", "not a table"))
end)

test("a level that does not exist is an error, not silence", function(t)
  t.falsy(pcall(function() return log["fatal"]("x") end))
end)
