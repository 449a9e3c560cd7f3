-- Where a request comes from: filters by address, and wrong keys that hold answers back; each host at a store counts them
-- for itself.
local cache = require "cache"
local config = require "config"
local log = require "log"
local task = require "task"

local address = {}

-- Wrong keys an address may send within a minute before its answers are held back. A right key is never
-- refused for them.
local FREE_FAILURES = 10
local WINDOW = 60

--- Counts a wrong key and holds the answer back when the address has sent many.
function address.failed(peer)
  local count = cache.count("wrong-key:" .. (peer or ""), WINDOW)
  local free = config.get("auth.free_failures", FREE_FAILURES)
  if count == free + 1 then log.info("an address sends wrong keys: its answers are held back", { address = peer }) end
  if count > free then task.sleep(math.min(2, (count - free) * 0.1)) end
end

local function ipv4(text)
  local a, b, c, d = text:match("^(%d+)%.(%d+)%.(%d+)%.(%d+)$")
  a, b, c, d = tonumber(a), tonumber(b), tonumber(c), tonumber(d)
  if not a or a > 255 or b > 255 or c > 255 or d > 255 then return nil end
  return ((a * 256 + b) * 256 + c) * 256 + d
end

local function in_network(peer, network)
  network = network:match("^%s*(.-)%s*$")
  peer = peer:gsub("^::ffff:", "")
  if network == peer then return true end
  local base, bits = network:match("^([%d.]+)/(%d+)$")
  local number = ipv4(peer)
  base, bits = base and ipv4(base), tonumber(bits)
  if not base or not number or bits > 32 then return false end
  local size = 2 ^ (32 - bits)
  return math.floor(number / size) == math.floor(base / size)
end

--- True when the address is in the comma list of addresses and IPv4 networks; an empty list lets
--- everybody in.
function address.allows(peer, filter)
  if not filter or not filter:find("%S") then return true end
  for network in filter:gmatch("[^,%s]+") do
    if in_network(peer or "", network) then return true end
  end
  return false
end

return address
