-- What the network requests of Kalliope check and show: addresses, netmasks, routes.
local machine = require "machine"

local network = {}

--- An IPv4 address as a number, nil when it is none.
function network.ipv4(text)
  local a, b, c, d = (text or ""):match("^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$")
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if not a or a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return ((a * 256 + b) * 256 + c) * 256 + d
end

--- The number of leading ones of a netmask, nil when it is none.
function network.bits(mask)
  local number = network.ipv4(mask)
  if not number then return nil end
  local hosts = 2 ^ 32 - 1 - number
  for bits = 0, 32 do
    if hosts == 2 ^ (32 - bits) - 1 then return bits end
  end
end

--- "aa.bb.cc.dd/NN" as address and bits, nil when it is not written so.
function network.destination(text)
  local address, bits = (text or ""):match("^([%d.]+)/(%d%d?)$")
  address, bits = network.ipv4(address), tonumber(bits)
  if not address or bits > 32 then return nil end
  return address, bits
end

local function same_net(a, b, bits)
  local size = 2 ^ (32 - bits)
  return math.floor(a / size) == math.floor(b / size)
end

--- Interfaces with the ids that this dialect gives them: the first is 0.
function network.interfaces()
  local list = {}
  for i, it in ipairs(machine.interfaces()) do
    list[i] = { id = i - 1, name = it.name, enabled = it.up, address = it.address, netmask = it.netmask }
  end
  return list
end

--- Routes with their ids, from 1.
function network.routes()
  local list = {}
  for i, it in ipairs(machine.routes()) do
    list[i] = { id = i, destination = it.destination, gateway = it.gateway }
  end
  return list
end

--- True of the route for all that no other one is for.
function network.is_default(route) return route.destination == "0.0.0.0/0" end

--- Addresses of the name servers.
function network.name_servers() return machine.name_servers() end

--- The item of a list whose id is the text of one, nil when there is none.
function network.by_id(list, text)
  if not (text or ""):match("^%d+$") then return nil end
  for _, it in ipairs(list) do
    if tostring(it.id) == tostring(tonumber(text)) then return it end
  end
end

--- True when an address lies in a network of one of the interfaces.
function network.is_local(address, interfaces)
  local number = network.ipv4(address)
  for _, it in ipairs(interfaces) do
    local own, bits = network.ipv4(it.address), network.bits(it.netmask)
    if number and own and bits and same_net(number, own, bits) then return true end
  end
  return false
end

return network
