-- /providers: all trunks, for reading.
local json = require "json"
local listing = require "mikopbx.lib.trunk_list"
local shapes = require "mikopbx.lib.shapes"
local trunk = require "mikopbx.lib.trunk"

local providers = listing.route("/providers", {
  family = "providers",
  summary = "Providers of all kinds, for reading.",
  params = { id = { pattern = "%u+%-[%w-]+" } },
  actions = {
    getForSelect = { access = "read", verb = "GET /providers:getForSelect",
      result = shapes.list(shapes.record(shapes.members("value text id type", "text", { disabled = "flag" }))) },
    updateStatus = { access = "write", verb = "POST /providers/{id}:updateStatus", result = shapes.trunk_switched,
      body = { disabled = listing.SWITCH.disabled, type = { document = { required = true, enum = { "SIP", "sip" } } } } },
    create = { access = "write", verb = "POST /providers", refuses = true },
  },
})

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
