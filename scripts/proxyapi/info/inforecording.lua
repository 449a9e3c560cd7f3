-- info=INFORECORDING: what is known of one recording.
local answer = require "proxyapi.lib.answer"
local recording = require "model.recording"
local store = require "store"

local COLUMNS = {
  "uniqueid", "linkedid", "date", "callerid", "destination", "duration", "size", "format",
  "transcript", "summary", "sentiment_score",
}

local inforecording = route {
  reqtype = "INFO",
  info = "INFORECORDING",
  summary = "Read the metadata of a recording.",
  params = { id = { max = 150, summary = "unique id or originate id of the call" } },
  actions = { get = { access = "read", tenant = "optional" } },
}

function inforecording.get(req)
  local id = req.params.id
  if not id or id == "" then return answer.text("No id specified") end
  local found, err = recording.find(req.ctx, id)
  if not found then return nil, err or { code = "not_found", message = "id: no recording" } end
  local leg
  leg, err = store.row("SELECT clid, dst FROM cdr WHERE uniqueid = ? ORDER BY ID LIMIT 1",
    { found.rm_uniqueid or "" })
  if err then return nil, err end
  leg = leg or {}
  return answer.record(COLUMNS, {
    uniqueid = found.rm_uniqueid, linkedid = found.rm_linkedid, date = found.rm_date,
    callerid = leg.clid or found.rm_src, destination = found.rm_dst or leg.dst,
    duration = found.rm_duration, size = found.rm_size, format = found.rm_format,
    transcript = found.rm_transcript, summary = found.rm_summary,
    sentiment_score = found.rm_sentiment_score,
  })
end

return inforecording
