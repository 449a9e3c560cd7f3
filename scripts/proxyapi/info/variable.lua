-- info=VARIABLE: the value of a tenant variable or of a flow's, bare in every format.
local answer = require "proxyapi.lib.answer"
local flow = require "model.flow"
local shapes = require "proxyapi.lib.shapes"
local tenantvariable = require "model.tenantvariable"

local variable = route {
  reqtype = "INFO",
  info = "VARIABLE",
  summary = "Read the value of a variable by its id, or by that of its flow.",
  params = { id = { type = "integer", required = true, summary = "variable or flow id" } },
  actions = { get = { access = "read", result = shapes.value("value", "1", { bare = true }) } },
}

-- The low ids are those of both: a flow's value is told by FLOWS as well, a variable's nowhere else.
function variable.get(req)
  local row, err = tenantvariable.find(req.ctx, req.params.id)
  if row then return answer.value("value", row.tv_value or "", true) end
  if err.code ~= "not_found" then return nil, err end
  local found
  found, err = flow.state(req.ctx, req.params.id)
  if not found then return nil, err end
  return answer.value("value", found.value, true)
end

return variable
