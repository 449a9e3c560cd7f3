-- What is an IPv4 network; /firewall's tests save them.
local network = require "mikopbx.lib.network"

test("a network and what lies outside it", function(t)
  local function wrong(it)
    local bad = {}
    it.deny = it.deny or ""
    network.check(it, bad)
    return bad
  end
  t.equal(wrong({ network = "10.0.0.0", subnet = 8 }), {})
  t.truthy(wrong({ network = "10.0.0.0", subnet = 40 }).network)
  t.truthy(wrong({ network = "10.0.0.0", subnet = 8, deny = "10.0.0.0/33" }).deny)
end)
