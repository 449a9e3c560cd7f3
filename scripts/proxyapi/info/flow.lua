-- info=FLOW: the state word of a flow, bare in every format.
local answer = require "proxyapi.lib.answer"
local flows = require "model.flow"
local shapes = require "proxyapi.lib.shapes"

local flow = route {
  reqtype = "INFO",
  info = "FLOW",
  summary = "Read the state of a flow.",
  params = { id = { type = "integer", required = true, summary = "flow id" } },
  actions = { get = { access = "read", result = shapes.value("state", "NOT_INUSE", { bare = true }) } },
}

function flow.get(req)
  local found, err = flows.state(req.ctx, req.params.id)
  if not found then return nil, err end
  return answer.value("state", found.state, true)
end

return flow
