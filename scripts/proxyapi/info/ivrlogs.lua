-- info=IVRLOGS: what callers pressed in the menus.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"
local listing = require "model.listing"

local ivrlogs = route {
  reqtype = "INFO",
  info = "IVRLOGS",
  summary = "List what callers pressed in menus.",
  params = { start = cdr.filters.start, ["end"] = cdr.filters["end"] },
  actions = { list = { access = "read" } },
}

function ivrlogs.list(req)
  local selected, err = listing.menu_keys(req.ctx, req.params)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return ivrlogs
