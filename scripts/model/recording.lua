-- Recordings of calls: their row and their file.
local files = require "files"
local json = require "json"
local store = require "store"

local recording = {}

local TYPES = {
  mp3 = "audio/mpeg", wav = "audio/x-wav", gsm = "audio/gsm", ogg = "audio/ogg",
  webm = "audio/webm",
}

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

local function segments_of(rows_of_call)
  local list = json.array({})
  for _, row in ipairs(rows_of_call) do
    local rows, err = store.query("SELECT tr_speaker, tr_start, tr_end, tr_text FROM tr_transcripts "
      .. "WHERE tr_rm_id = ? ORDER BY tr_start, tr_id", { row.rm_id })
    if not rows then return nil, err end
    for segment in rows:each() do
      list[#list + 1] = json.ordered("recording_id", tostring(row.rm_id), "speaker", segment.tr_speaker,
        "start", segment.tr_start, "end", segment.tr_end, "text", segment.tr_text)
    end
  end
  return list
end

local function shown(row)
  return json.ordered("metadata_id", tostring(row.rm_id), "recording_id", tostring(row.rm_id),
    "date", row.rm_date, "transcript", row.rm_transcript, "summary", row.rm_summary,
    "sentiment_score", row.rm_sentiment_score, "sentiment_scores", row.rm_sentiment_scores,
    "sentiment_brief", row.rm_sentiment_brief, "sentiment_details", row.rm_sentiment_details)
end

--- What was made of the recordings of a call: one entry, or none.
function recording.analysis(ctx, uniqueid)
  local params = { uniqueid }
  local rows, err = store.query(("SELECT %s, te_code FROM rm_recordingmetadatas LEFT JOIN te_tenants "
    .. "ON te_id = rm_te_id WHERE rm_uniqueid = ?%s ORDER BY rm_id"):format(COLUMNS, scoped(ctx, params)), params)
  if not rows then return nil, err end
  local list = rows:list()
  if #list == 0 then return {} end
  local segments
  segments, err = segments_of(list)
  if not segments then return nil, err end
  local recordings = json.array({})
  for i, row in ipairs(list) do recordings[i] = shown(row) end
  local first = list[1]
  return { json.ordered("tenant_id", tostring(first.rm_te_id), "tenant_code", first.te_code,
    "uniqueid", uniqueid, "transcript", first.rm_transcript, "summary", first.rm_summary,
    "sentiment_score", first.rm_sentiment_score, "sentiment_scores", first.rm_sentiment_scores,
    "sentiment_brief", first.rm_sentiment_brief, "sentiment_details", first.rm_sentiment_details,
    "recordings", recordings, "transcript_segments", segments) }
end

return recording
