-- Fields of a callqueue; the tests of its resource save them.
local callqueue = require "mikopbx.lib.callqueue"

test("defaults on create only", function(t)
  t.equal(callqueue.clean({ name = "n" }, true).description, "")
  t.equal(callqueue.clean({ name = "n" }, false), { name = "n" })
end)
