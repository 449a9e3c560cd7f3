-- info=VARIABLE: the value of a flow's variable or of a tenant variable, bare in every format.
local answer = require "proxyapi.lib.answer"
local flow = require "model.flow"
local store = require "store"

local variable = route {
  reqtype = "INFO",
  info = "VARIABLE",
  summary = "Read the value of a variable by the id of its flow, or by its own.",
  params = { id = { type = "integer", required = true, summary = "flow or variable id" } },
  actions = { get = { access = "read" } },
}

function variable.get(req)
  local found, err = flow.state(req.ctx, req.params.id)
  if found then return answer.value("value", found.value, true) end
  if err.code ~= "not_found" then return nil, err end
  local row
  row, err = store.row("SELECT tv_value FROM tv_tenantvariables WHERE tv_id = ? AND tv_te_id = ?",
    { req.params.id, req.tenant.id })
  if err then return nil, err end
  if not row then return answer.empty() end
  return answer.value("value", row.tv_value or "", true)
end

return variable
