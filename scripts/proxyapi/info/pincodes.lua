-- info=PINCODES: the codes that open a route.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"

local pincodes = route {
  reqtype = "INFO",
  info = "PINCODES",
  summary = "List the PIN codes of a tenant, or of all.",
  actions = { list = { access = "read", tenant = "optional" } },
}

function pincodes.list(req)
  local selected = listing.pincodes(req.ctx)
  return answer.stream(selected.sql, selected.params)
end

return pincodes
