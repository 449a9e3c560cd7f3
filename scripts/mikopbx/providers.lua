-- /providers: all trunks, for reading.
local json = require "json"
local listing = require "mikopbx.lib.trunk_list"
local shapes = require "mikopbx.lib.shapes"
local trunk = require "mikopbx.lib.trunk"

local providers = route {
  family = "providers",
  summary = "Providers of all kinds, for reading.",
  params = { id = { pattern = "%u+%-[%w-]+" } },
  actions = {
    list = { access = "read", verb = "GET /providers", result = shapes.list(shapes.trunk_row), params = listing.PARAMS },
    get = { access = "read", verb = "GET /providers/{id}", result = shapes.trunk },
    getStatuses = { access = "read", verb = "GET /providers:getStatuses", result = shapes.trunk_states },
    getStatus = { access = "read", verb = "GET /providers/{id}:getStatus", result = shapes.trunk_detail },
    getForSelect = { access = "read", verb = "GET /providers:getForSelect",
      result = shapes.list(shapes.record(shapes.members("value text id type", "text", { disabled = "flag" }))) },
    updateStatus = { access = "write", verb = "POST /providers/{id}:updateStatus", result = shapes.trunk_switched,
      body = { disabled = listing.SWITCH.disabled, type = { document = { required = true, enum = { "SIP", "sip" } } } } },
    getHistory = { access = "read", verb = "GET /providers/{id}:getHistory", params = listing.HISTORY,
      result = shapes.trunk_history },
    getStats = { access = "read", verb = "GET /providers/{id}:getStats", params = listing.STATISTICS,
      result = shapes.trunk_statistics },
    create = { access = "write", verb = "POST /providers", refuses = true },
  },
}

function providers.list(req) return listing.list(req) end

function providers.get(req)
  local it, err = listing.find(req, 422, "Provider not found")
  if not it then return nil, err end
  return trunk.detail(req.ctx, it)
end

function providers.getStatuses(req) return listing.statuses(req) end

function providers.getStatus(req) return listing.status(req) end

function providers.getHistory(req) return listing.history(req) end

function providers.getStats(req) return listing.statistics(req) end

function providers.getForSelect(req)
  local list, err = trunk.list(req.ctx)
  if not list then return nil, err end
  local out = json.array({})
  for i, it in ipairs(list) do
    out[i] = json.ordered("value", it.id, "text", it.description, "id", it.id, "type", "SIP",
      "disabled", it.disabled)
  end
  return out
end

function providers.updateStatus(req)
  local kind = tostring(req.params.type or ""):upper()
  if kind ~= "SIP" then return nil, { code = "invalid", message = "api_InvalidProviderType" } end
  return listing.update_status(req)
end

function providers.create()
  return nil, {
    code = "invalid", status = 405,
    message = "Creating is not supported here, use /sip-providers or /iax-providers",
  }
end

return providers
