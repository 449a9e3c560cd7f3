-- /network-filters: the filters that /firewall makes, for choosing one.
local json = require "json"
local network = require "mikopbx.lib.network"
local resource = require "mikopbx.lib.resource"
local shapes = require "mikopbx.lib.shapes"
local value_of = require "lib.value"

local CHOICE = shapes.record(shapes.members("value represent name text", "text"), { network = "text", description = "text" })

local filters = resource.of(value_of.merged(network, {
  path = "network-filters", summary = "Network filters, for choosing one.", readonly = true,
  actions = {
    getForSelect = { access = "read", verb = "GET /network-filters:getForSelect", result = shapes.list(CHOICE),
      params = { includeLocalhost = { type = "boolean", default = false, summary = "as a choice as well: of keys" } } },
  },
}))

local function yes(value) return value == true or value == "true" or value == "1" or value == 1 end

function filters.getForSelect(req)
  local list, err = resource.records(network, req.ctx)
  if not list then return nil, err end
  local none = "Connections from any address"
  local out = json.array({ json.ordered("value", "none", "represent", '<i class="globe icon"></i> ' .. none, "name", none,
    "text", none) })
  if yes(req.params.includeLocalhost) then
    local text = "Local use only (127.0.0.1)"
    out[2] = json.ordered("value", "localhost", "represent", '<i class="home icon"></i> ' .. text, "name", text, "text", text)
  end
  for _, it in ipairs(list) do
    out[#out + 1] = json.ordered("value", it.id, "represent", network.represent(it), "name", it.description,
      "text", it.description, "network", it.permit)
  end
  return out
end

return filters
