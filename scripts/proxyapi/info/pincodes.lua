-- info=PINCODES: the codes that open a route.
local answer = require "proxyapi.lib.answer"

local pincodes = route {
  reqtype = "INFO",
  info = "PINCODES",
  summary = "List the PIN codes of a tenant, or of all.",
  actions = { list = { access = "read", tenant = "optional" } },
}

function pincodes.list(req)
  local text, params = [[SELECT pc_id AS id, pc_pin AS pin, pc_description AS description, pc_enabled AS enabled,
    te_code AS tenant FROM pc_pincodes JOIN te_tenants ON te_id = pc_te_id]], {}
  if req.tenant then text, params[1] = text .. " WHERE pc_te_id = ?", req.tenant.id end
  return answer.stream(text .. " ORDER BY pc_te_id, pc_pin, pc_id", params)
end

return pincodes
