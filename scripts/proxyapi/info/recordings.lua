-- info=RECORDINGS: the recordings of a span of time.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"
local listing = require "model.listing"

local recordings = route {
  reqtype = "INFO",
  info = "RECORDINGS",
  summary = "List recordings.",
  params = { start = cdr.filters.start, ["end"] = cdr.filters["end"] },
  actions = { list = { access = "read" } },
}

function recordings.list(req)
  local selected, err = listing.recordings(req.ctx, req.params)
  if not selected then return nil, err end
  return answer.stream(selected.sql, selected.params)
end

return recordings
