-- info=RECORDINGS: the recordings of a span of time.
local answer = require "proxyapi.lib.answer"
local check = require "lib.params"
local time = require "time"

local recordings = route {
  reqtype = "INFO",
  info = "RECORDINGS",
  summary = "List recordings.",
  params = { start = { summary = "date or date and time" }, ["end"] = { summary = "likewise" } },
  actions = { list = { access = "read" } },
}

function recordings.list(req)
  local day = time.format("%Y-%m-%d")
  local first, err = check.datetime(req.params.start or day)
  if not first then return nil, err end
  local last
  last, err = check.datetime(req.params["end"] or day, { last = true })
  if not last then return nil, err end
  return answer.stream([[
    SELECT rm_uniqueid AS uniqueid, rm_linkedid AS linkedid, rm_date AS date, rm_src AS src,
      rm_dst AS dst, rm_direction AS direction, rm_duration AS duration, rm_size AS size,
      rm_format AS format
    FROM rm_recordingmetadatas WHERE rm_te_id = ? AND rm_date BETWEEN ? AND ?
    ORDER BY rm_date, rm_id]], { req.tenant.id, first, last })
end

return recordings
