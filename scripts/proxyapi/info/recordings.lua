-- info=RECORDINGS: the recordings of a span of time.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"

local recordings = route {
  reqtype = "INFO",
  info = "RECORDINGS",
  summary = "List recordings.",
  params = { start = cdr.filters.start, ["end"] = cdr.filters["end"] },
  actions = { list = { access = "read" } },
}

function recordings.list(req)
  local first, last = cdr.span(req.params)
  if not first then return nil, last end
  return answer.stream([[
    SELECT rm_uniqueid AS uniqueid, rm_linkedid AS linkedid, rm_date AS date, rm_src AS src,
      rm_dst AS dst, rm_direction AS direction, rm_duration AS duration, rm_size AS size,
      rm_format AS format
    FROM rm_recordingmetadatas WHERE rm_te_id = ? AND rm_date BETWEEN ? AND ?
    ORDER BY rm_date, rm_id]], { req.tenant.id, first, last })
end

return recordings
