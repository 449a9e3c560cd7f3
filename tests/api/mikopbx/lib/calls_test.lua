-- lib.mikopbx_calls: rows of running calls.
local running = require "mikopbx.lib.calls"

test("nobody talks, so there is nothing", function(t)
  t.equal(running.active_calls(), {})
  t.equal(running.active_channels(), {})
end)
