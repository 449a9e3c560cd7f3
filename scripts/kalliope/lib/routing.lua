-- Changes of IP routes of the Kalliope dialect: checked, and put as the words of the helper `network_route`.
local kalliope = require "kalliope.lib.answer"
local network = require "kalliope.lib.network"

local routing = {}

-- A wrong gateway's code; nil when it is in one of the machine's networks.
local function wrong_gateway(gateway, interfaces)
  if not network.ipv4(gateway) then return 42 end
  if not network.is_local(gateway, interfaces) then return 43 end
end

--- The words that add the route of an element; nil and the code of what is wrong.
function routing.addition(it, interfaces)
  local destination, gateway = kalliope.given(it, "destination"), kalliope.given(it, "gateway")
  if not destination or not gateway then return nil, 12 end
  if not network.destination(destination) then return nil, 41 end
  local wrong = wrong_gateway(gateway, interfaces)
  if wrong then return nil, wrong end
  local enabled = kalliope.flag_of(it, "enabled")
  return { "add", destination, gateway, kalliope.flag(enabled ~= false) }
end

-- The destination that a change asks for, nil when it stays; false when it is none.
local function new_destination(it, route)
  local destination = kalliope.given(it, "destination")
  local address, mask = kalliope.given(it, "ip_address"), kalliope.given(it, "netmask")
  if destination and not network.destination(destination) then return false end
  if address and not network.ipv4(address) or mask and not network.bits(mask) then return false end
  if destination or not (address or mask) then return destination end
  local old_address, old_bits = route.destination:match("^(.*)/(%d+)$")
  return (address or old_address) .. "/" .. (mask and network.bits(mask) or old_bits)
end

--- The words that change one of `routes` as an element says; nil and the code of what is wrong.
function routing.change(it, routes, interfaces)
  local id, gateway, enabled = kalliope.given(it, "id"), kalliope.given(it, "gateway"), kalliope.flag_of(it, "enabled")
  if not id then return nil, 12 end
  local route = network.by_id(routes, id)
  if not route then return nil, 45 end
  local destination = new_destination(it, route)
  if destination == false then return nil, 41 end
  local wrong = gateway and wrong_gateway(gateway, interfaces)
  if wrong then return nil, wrong end
  if not destination and not gateway and enabled == nil then return nil, 12 end
  -- The default route keeps its destination and cannot be disabled.
  local moved = destination and destination ~= route.destination
  if network.is_default(route) and (enabled == false or moved) then return nil, 44 end
  return { "change", route.destination, route.gateway, destination or route.destination, gateway or route.gateway,
    kalliope.flag(enabled ~= false) }
end

--- The words that remove a route by its id; nil and the code of what is wrong.
function routing.removal(id, routes)
  local route = network.by_id(routes, id)
  if not route then return nil, 45 end
  if network.is_default(route) then return nil, 46 end
  return { "delete", route.destination, route.gateway }
end

return routing
