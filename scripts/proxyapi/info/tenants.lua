-- info=TENANTS: ids, codes and names of all tenants.
local answer = require "proxyapi.lib.answer"
local tenant = require "model.tenant"

local COLUMNS = { "te_id", "te_code", "te_name" }

local tenants = route {
  reqtype = "INFO",
  info = "TENANTS",
  summary = "List the tenants.",
  actions = { list = { access = "admin", tenant = "none" } },
}

function tenants.list(req)
  local rows, err = tenant.rows(req.ctx, { columns = COLUMNS })
  if not rows then return nil, err end
  return answer.list(COLUMNS, rows:list())
end

return tenants
