-- Addresses and networks as text: 10.0.0.0/8, 192.0.2.7, ::1.
local network = {}

local function bits_of(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  if not a then return nil end
  local total = 0
  for _, part in ipairs({ a, b, c, d }) do
    part = tonumber(part)
    if part > 255 then return nil end
    total = total * 256 + part
  end
  return total
end

-- IPv4 peers of an IPv6 socket come as ::ffff:192.0.2.7.
local function plain(peer)
  return (peer:gsub("^%[(.*)%]$", "%1"):gsub("^::[fF][fF][fF][fF]:(%d+%.)", "%1"))
end

function network.is_loopback(peer)
  local address = plain(peer or "")
  return address == "::1" or address:match("^127%.%d+%.%d+%.%d+$") ~= nil
end

--- Whether an address lies in a network. IPv6 matches only when equal.
function network.contains(text, peer)
  local address = plain(peer)
  local base, length = text:match("^([^/]+)/?(%d*)$")
  if not base then return false end
  if base == address then return true end
  local own, wanted = bits_of(base), bits_of(address)
  if not own or not wanted then return false end
  length = tonumber(length) or 32
  if length > 32 then return false end
  local size = 2 ^ (32 - length)
  return math.floor(own / size) == math.floor(wanted / size)
end

function network.any(list, peer)
  for _, text in ipairs(list) do
    if network.contains(tostring(text), peer) then return true end
  end
  return false
end

return network
