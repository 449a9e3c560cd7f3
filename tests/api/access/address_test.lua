-- access/address.lua: filters.
local address = require "access.address"

test("addresses and networks let in what they hold", function(t)
  t.equal(address.allows("10.1.2.3", "192.168.0.0/16, 10.0.0.0/8"), true)
  t.equal(address.allows("11.1.2.3", "192.168.0.0/16, 10.0.0.0/8"), false)
  t.equal(address.allows("::ffff:10.1.2.3", "10.1.2.3"), true)
  t.equal(address.allows("1.2.3.4", ""), true)
  t.equal(address.allows("1.2.3.4", "1.2.3.4/40"), false)
end)
