-- reqtype=FLOWS: flows with the state their lamps show.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"

local flows = route {
  reqtype = "FLOWS",
  summary = "Read the flows of a tenant and their states.",
  actions = { list = { access = "read" } },
}

function flows.list(req)
  local selected = listing.flows(req.ctx)
  return answer.stream(selected.sql, selected.params, { positional = true, doubled = true, header = false, trailing = true })
end

return flows
