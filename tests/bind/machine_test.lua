-- Module `machine`: the shape of what it says; the texts it reads are a unit test's.
local machine = require "machine"

test("interfaces have a name, and an address with its netmask or neither", function(t)
  for _, it in ipairs(machine.interfaces()) do
    t.equal(type(it.name), "string")
    t.equal(type(it.up), "boolean")
    t.equal(it.address == nil, it.netmask == nil)
    t.falsy(it.address == "127.0.0.1")
  end
end)

test("routes and name servers are lists", function(t)
  for _, it in ipairs(machine.routes()) do
    t.matches(it.destination, "^%d+%.%d+%.%d+%.%d+/%d+$")
    t.matches(it.gateway, "^%d+%.%d+%.%d+%.%d+$")
  end
  for _, it in ipairs(machine.name_servers()) do t.equal(type(it), "string") end
end)
