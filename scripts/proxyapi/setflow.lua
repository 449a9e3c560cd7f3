-- reqtype=SETFLOW: switch a flow by its state or by its value.
local answer = require "proxyapi.lib.answer"
local flow = require "model.flow"
local shapes = require "proxyapi.lib.shapes"

local setflow = route {
  reqtype = "SETFLOW",
  summary = "Set the state of a flow, or the value of its variable; each follows the other.",
  params = {
    number = { required = true, summary = "flow number" },
    state = { enum = { "INUSE", "NOT_INUSE", "UNAVAILABLE", "RINGING" } },
    value = { max = 255 },
  },
  actions = { set = { access = "write", result = shapes.ok() } },
}

function setflow.set(req)
  local params = req.params
  if not params.state and not params.value then return answer.empty() end
  local done, err = flow.switch(req.ctx, params.number, params)
  if done then return answer.ok() end
  if err.code == "not_found" then return answer.refused("Error: flow not found") end
  return nil, err
end

return setflow
