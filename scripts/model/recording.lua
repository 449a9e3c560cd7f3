-- Recordings of calls: their row and their file.
local files = require "files"
local store = require "store"

local recording = {}

local COLUMNS = "rm_id, rm_te_id, rm_uniqueid, rm_linkedid, rm_originateid, rm_date, rm_src, rm_dst, "
  .. "rm_direction, rm_duration, rm_size, rm_format, rm_path, rm_transcript, rm_summary, "
  .. "rm_sentiment_score, rm_sentiment_scores, rm_sentiment_brief, rm_sentiment_details"
recording.COLUMNS = COLUMNS

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
    local row, err = store.row(("SELECT %s FROM rm_recordingmetadatas WHERE %s = ?%s ORDER BY rm_id LIMIT 1")
      :format(COLUMNS, column, scoped(ctx, params)), params)
    if err then return nil, err end
    if row then return row end
  end
  return not_found()
end

--- Rows of a span. options = {start, ["end"], limit, offset}.
function recording.rows(ctx, options)
  local params = { options.start or "0000", options["end"] or "9999" }
  local text = ("SELECT %s FROM rm_recordingmetadatas WHERE rm_date >= ? AND rm_date <= ?%s "
    .. "ORDER BY rm_date, rm_id"):format(COLUMNS, scoped(ctx, params))
  if options.limit then text = text .. (" LIMIT %d OFFSET %d"):format(options.limit, options.offset or 0) end
  return store.query(text, params, { rows = 100000 })
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

return recording
