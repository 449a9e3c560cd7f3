-- model.peer: numbers with and without their tenant.
local peer = require "model.peer"

test("the tenant's code is cut off, nothing else", function(t)
  t.equal(peer.number("100-DEMO", "DEMO"), "100")
  t.equal(peer.number("100", "DEMO"), "100")
  t.equal(peer.number("100-OTHER", "DEMO"), "100-OTHER")
  t.equal(peer.number("-DEMO", "DEMO"), "-DEMO")
end)
