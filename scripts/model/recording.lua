-- Recordings of calls: their row and their file.
local files = require "files"
local store = require "store"

local recording = {}

local TYPES = {
  mp3 = "audio/mpeg", wav = "audio/x-wav", gsm = "audio/gsm", ogg = "audio/ogg",
  webm = "audio/webm",
}
recording.TYPES = TYPES

--- Content type of an audio file by the ending of its name.
function recording.type_of(path)
  return TYPES[(path or ""):match("%.(%w+)$") or ""] or "application/octet-stream"
end

local COLUMNS = "rm_id, rm_te_id, rm_uniqueid, rm_linkedid, rm_originateid, rm_date, rm_src, rm_dst, "
  .. "rm_direction, rm_duration, rm_size, rm_format, rm_path, rm_transcript, rm_summary, "
  .. "rm_sentiment_score, rm_sentiment_scores, rm_sentiment_brief, rm_sentiment_details"

local function scoped(ctx, params)
  if not ctx.tenant then return "" end
  params[#params + 1] = ctx.tenant.id
  return " AND rm_te_id = ?"
end

local function not_found()
  return nil, { code = "not_found", reason = "recording_not_found", message = "recording not found" }
end

--- The row of a recording by uniqueid, originate id or linkedid, whichever knows the text.
function recording.find(ctx, id)
  if type(id) ~= "string" or id == "" then return not_found() end
  for _, column in ipairs({ "rm_uniqueid", "rm_originateid", "rm_linkedid" }) do
    local params = { id }
    -- Of the legs of a call, the one it began with comes first.
    local row, err = store.row(("SELECT %s FROM rm_recordingmetadatas WHERE %s = ?%s "
      .. "ORDER BY rm_uniqueid <> rm_linkedid, rm_id LIMIT 1"):format(COLUMNS, column, scoped(ctx, params)),
      params)
    if err then return nil, err end
    if row then return row end
  end
  return not_found()
end

--- The file as a response body, and its row.
function recording.open(ctx, id)
  local row, err = recording.find(ctx, id)
  if not row then return nil, err end
  if not row.rm_path or row.rm_path == "" then return not_found() end
  local body
  body, err = files.open("recordings", row.rm_path)
  if err then return nil, err end
  if not body then return not_found() end
  return body, row
end

--- What was made of the recordings of a call: {recordings (rows, with te_code), segments (rows tr_rm_id, tr_speaker,
--- tr_start, tr_end, tr_text)}; nil without an error when it has none.
function recording.analysis(ctx, uniqueid)
  local params = { uniqueid }
  local rows, err = store.query(("SELECT %s, te_code FROM rm_recordingmetadatas LEFT JOIN te_tenants "
    .. "ON te_id = rm_te_id WHERE rm_uniqueid = ?%s ORDER BY rm_id"):format(COLUMNS, scoped(ctx, params)), params)
  if not rows then return nil, err end
  if #rows == 0 then return nil end
  local segments = {}
  for row in rows:each() do
    local found
    found, err = store.query("SELECT tr_rm_id, tr_speaker, tr_start, tr_end, tr_text FROM tr_transcripts "
      .. "WHERE tr_rm_id = ? ORDER BY tr_start, tr_id", { row.rm_id })
    if not found then return nil, err end
    for segment in found:each() do segments[#segments + 1] = segment end
  end
  return { recordings = rows:list(), segments = segments }
end

return recording
