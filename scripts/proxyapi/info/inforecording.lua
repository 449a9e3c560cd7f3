-- info=INFORECORDING: what is known of one recording.
local answer = require "proxyapi.lib.answer"
local recording = require "model.recording"
local recordings = require "proxyapi.lib.recordings"
local shapes = require "proxyapi.lib.shapes"
local store = require "store"

local COLUMNS = {
  "uniqueid", "linkedid", "date", "callerid", "destination", "duration", "size", "format",
  "transcript", "summary", "sentiment_score",
}

local KNOWN = shapes.with_texts(shapes.record(COLUMNS, {
  "srv01-1767323045.7", "srv01-1767323045.7", "2026-01-02 03:04:05", '"Ada" <100>', "0123456", 57, 91200, "wav", "", "", "",
}), { "No id specified" })

local inforecording = route {
  reqtype = "INFO",
  info = "INFORECORDING",
  summary = "Read the metadata of a recording.",
  params = recordings.PARAMS,
  actions = { get = { access = "read", tenant = "optional", result = KNOWN } },
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
