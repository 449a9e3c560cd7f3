-- kalliope.lib.network: what is an address, a netmask, a route.
local network = require "kalliope.lib.network"

test("addresses and netmasks", function(t)
  t.equal(network.ipv4("192.168.0.1"), 3232235521)
  for _, bad in ipairs({ "192.168.0", "256.1.1.1", "1.2.3.4.5", "a.b.c.d", "", "1.2.3.4 " }) do
    t.equal(network.ipv4(bad), nil, bad)
  end
  t.equal(network.bits("255.255.255.0"), 24)
  t.equal(network.bits("0.0.0.0"), 0)
  t.equal(network.bits("255.255.255.255"), 32)
  t.equal(network.bits("255.0.255.0"), nil)
end)

test("destinations of routes", function(t)
  local address, bits = network.destination("192.168.1.0/24")
  t.equal(address, network.ipv4("192.168.1.0"))
  t.equal(bits, 24)
  for _, bad in ipairs({ "192.168.1.0", "192.168.1.0/33", "x/24", "1.2.3/8", "" }) do
    t.equal(network.destination(bad), nil, bad)
  end
end)

test("what is reached without a gateway", function(t)
  local interfaces = { { address = "192.168.1.10", netmask = "255.255.255.0" }, { name = "down" } }
  t.equal(network.is_local("192.168.1.200", interfaces), true)
  t.equal(network.is_local("192.168.2.200", interfaces), false)
  t.equal(network.is_local("nonsense", interfaces), false)
end)

test("ids are digits", function(t)
  local list = { { id = 0 }, { id = 12 } }
  t.equal(network.by_id(list, "12"), list[2])
  for _, bad in ipairs({ "12.0", "0x0", " 0", "", "3" }) do t.equal(network.by_id(list, bad), nil, bad) end
end)
