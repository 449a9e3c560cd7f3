-- reqtype=BLFS: what the lamps show for the phones and flows of a tenant.
local answer = require "proxyapi.lib.answer"
local listing = require "model.listing"

local blfs = route {
  reqtype = "BLFS",
  summary = "Read the lamp states of peers and flows.",
  actions = { list = { access = "read" } },
}

function blfs.list(req)
  local selected = listing.lamps(req.ctx)
  return answer.stream(selected.sql, selected.params, { positional = true, doubled = true, header = false, trailing = true })
end

return blfs
