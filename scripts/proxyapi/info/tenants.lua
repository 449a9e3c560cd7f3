-- info=TENANTS: ids, codes and names of all tenants.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local tenant = require "model.tenant"

local COLUMNS = { "te_id", "te_code", "te_name" }

local tenants = route {
  reqtype = "INFO",
  info = "TENANTS",
  summary = "List the tenants.",
  actions = { list = { access = "admin", tenant = "none", result = shapes.list(COLUMNS, { 1, "DEMO", "Demo" }) } },
}

function tenants.list(req)
  return answer.read(COLUMNS, tenant.rows(req.ctx, { columns = COLUMNS }))
end

return tenants
