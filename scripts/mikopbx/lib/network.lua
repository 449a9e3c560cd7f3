-- A network filter as MikoPBX shows it: one network that is let in, and what is not.
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local networkfilter = require "model.networkfilter"
local shapes = require "mikopbx.lib.shapes"

local function first(text) return (json.decode(text or "[]") or {})[1] or "" end

local function read(_, rows)
  local list = {}
  for i, row in ipairs(rows) do
    local permit = first(row.mn_permit)
    local network, subnet = permit:match("^(.-)/(%d+)$")
    list[i] = { row_id = row.mn_id, network = network or permit, subnet = tonumber(subnet) or 32, permit = permit,
      deny = first(row.mn_deny), description = row.mn_description or "", local_network = row.mn_local == 1 }
  end
  return list
end

local function represent(it) return mikopbx.represent("filter", it.description ~= "" and it.description or it.permit) end

local network = {
  word = "Network filter", model = networkfilter, shape = shapes.network_filter, row_shape = shapes.network_filter_row,
  id = "mn_id", order = "mn_description, mn_id", orders = { description = "mn_description" },
  search = { "mn_description", "mn_permit" }, select = "SELECT * FROM mk_networkfilters", read = read,
  represent = represent,
}

function network.shown(it)
  return json.ordered("id", it.id, "network", it.network, "subnet", it.subnet, "permit", it.permit or "", "deny", it.deny,
    "description", it.description, "newer_block_ip", false, "local_network", it.local_network,
    "rules", { SIP = "allow" }, "represent", represent(it), "search_index", mikopbx.search_index(it.description, it.permit))
end

function network.row(it)
  return json.ordered("id", it.id, "permit", it.permit, "description", it.description, "represent", represent(it),
    "active_rules", 1, "search_index", mikopbx.search_index(it.description, it.permit))
end

local function is_network(text, bits)
  local count = 0
  for part in text:gmatch("[^.]+") do
    count = count + 1
    if not part:match("^%d%d?%d?$") or tonumber(part) > 255 then return false end
  end
  return count == 4 and text:match("^%d[%d.]*%d$") ~= nil and not text:find("..", 1, true) and bits >= 0 and bits <= 32
end

--- Writes down in `bad` what is no IPv4 network: those of keys are no others.
function network.check(it, bad)
  if it.network ~= "" and not is_network(it.network, it.subnet or -1) then bad.network = "must be an IPv4 network" end
  local base, bits = it.deny:match("^(.-)/(%d+)$")
  if it.deny ~= "" and not is_network(base or it.deny, tonumber(bits) or 32) then bad.deny = "must be an IPv4 network" end
end

function network.changes(_, it)
  local function list(text) return json.encode(json.array({ text ~= "" and text or nil })) end
  return { mn_description = it.description, mn_permit = list(("%s/%d"):format(it.network, it.subnet)), mn_deny = list(it.deny),
    mn_local = it.local_network and 1 or 0 }
end

return network
