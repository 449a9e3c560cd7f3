-- Incoming routes: their fields. /incoming-routes's tests save them.
local incoming = require "mikopbx.lib.incoming"

test("defaults on create only, bounds by name", function(t)
  t.equal(incoming.clean({ number = "1" }, true).provider, "none")
  t.equal(incoming.clean({ number = "1" }, false), { number = "1" })
  local out, err = incoming.clean({ priority = 10000 }, false)
  t.equal(out, nil)
  t.equal(err.message, "Field 'priority' must be at most 9999 (got 10000)")
end)
