-- Transcripts: what an operator's own job made of recordings and voicemail messages. `pending` says what
-- there is to do, `save` and `save_message` keep the result, the rest reads it.
local change_log = require "engine.log"
local guard = require "engine.guard"
local invalid = require("lib.failure").field
local message = require "model.message"
local recording = require "model.recording"
local store = require "store"

local transcript = {}

local MAX_SEGMENTS = 20000
local MAX_TEXT = 4194304

--- The transcript of a call's recording: {uniqueid, transcript, summary, segments}; not_found when none was
--- made.
function transcript.of_recording(ctx, id)
  local row, err = recording.find(ctx, id)
  if not row then return nil, err end
  local rows
  rows, err = store.query("SELECT tr_speaker, tr_start, tr_end, tr_text FROM tr_transcripts WHERE tr_rm_id = ? "
    .. "ORDER BY tr_start, tr_id", { row.rm_id }, { rows = MAX_SEGMENTS })
  if not rows then return nil, err end
  local text, segments, lines = row.rm_transcript or "", {}, {}
  for it in rows:each() do
    segments[#segments + 1] = { speaker = it.tr_speaker, start = it.tr_start, ["end"] = it.tr_end, text = it.tr_text }
    local speaker = it.tr_speaker or ""
    lines[#lines + 1] = (speaker ~= "" and speaker .. ": " or "") .. (it.tr_text or "")
  end
  if text == "" then text = table.concat(lines, "\n") end
  if text == "" then return nil, { code = "not_found", message = "id: no transcript: " .. id } end
  return { uniqueid = row.rm_uniqueid, transcript = text, summary = row.rm_summary, segments = segments }
end

--- Recordings that have no transcript yet, oldest first: {rm_id, rm_te_id, rm_uniqueid, rm_path, rm_format}.
function transcript.pending(ctx, limit)
  local params, tenant = {}, ""
  if ctx.tenant then tenant, params[1] = " AND rm_te_id = ?", ctx.tenant.id end
  params[#params + 1] = math.min(limit or 100, 1000)
  return store.query("SELECT rm_id, rm_te_id, rm_uniqueid, rm_path, rm_format FROM rm_recordingmetadatas "
    .. "WHERE rm_transcript IS NULL AND rm_path <> ''" .. tenant .. " ORDER BY rm_id LIMIT ?", params)
end

local function checked_segments(given)
  local list = {}
  if #given > MAX_SEGMENTS then return invalid("segments", "more than " .. MAX_SEGMENTS) end
  for i, it in ipairs(given) do
    local start, stop = tonumber(it.start) or 0, tonumber(it["end"]) or 0
    if type(it.text) ~= "string" or stop < start then return invalid("segments", "not a segment: " .. i) end
    list[i] = { tostring(it.speaker or ""), start, stop, it.text }
  end
  return list
end

--- Keeps what was made of a recording. made = {transcript, summary?, segments? = {{speaker, start, end, text}}}.
--- A second one takes the place of the first.
function transcript.save(ctx, rm_id, made)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if type(made.transcript) ~= "string" or #made.transcript > MAX_TEXT then
    return invalid("transcript", "must be text of at most 4 MiB")
  end
  local segments
  segments, err = checked_segments(made.segments or {})
  if not segments then return nil, err end
  return store.transaction(function(tx)
    local row, failed = tx:row("SELECT rm_te_id FROM rm_recordingmetadatas WHERE rm_id = ?", { rm_id })
    if failed then return nil, failed end
    if not row or ctx.tenant and ctx.tenant.id ~= row.rm_te_id then
      return nil, { code = "not_found", message = "no such recording" }
    end
    local done
    done, failed = tx:exec("UPDATE rm_recordingmetadatas SET rm_transcript = ?, rm_summary = ? WHERE rm_id = ?",
      { made.transcript, made.summary or "", rm_id })
    if not done then return nil, failed end
    done, failed = tx:exec("DELETE FROM tr_transcripts WHERE tr_rm_id = ?", { rm_id })
    if not done then return nil, failed end
    for _, it in ipairs(segments) do
      done, failed = tx:exec("INSERT INTO tr_transcripts (tr_te_id, tr_rm_id, tr_speaker, tr_start, tr_end, tr_text) "
        .. "VALUES (?, ?, ?, ?, ?, ?)", { row.rm_te_id, rm_id, it[1], it[2], it[3], it[4] })
      if not done then return nil, failed end
    end
    return change_log.process(tx, ctx, {
      object = "transcript", id = rm_id, action = "update", tenant_id = row.rm_te_id,
    })
  end)
end

--- The text of a voicemail message by its number.
function transcript.of_message(ctx, id)
  if (id or "") == "" then return nil, { code = "not_found", message = "id: no such message" } end
  local it, err = message.find(ctx, { id = id })
  if not it then return nil, err end
  local text
  if not it.path then
    text, err = store.value("SELECT transcript FROM voicemail_messages WHERE id = ?", { it.id })
    if err then return nil, err end
    if text then return text end
  end
  text, err = store.value("SELECT vt_text FROM vt_voicemailtranscripts WHERE vt_te_id = ? AND vt_msg_id = ?",
    { ctx.tenant.id, it.msg_id })
  if err then return nil, err end
  if text then return text end
  return nil, { code = "not_found", message = "id: no transcript: " .. id }
end

--- Keeps the text of a voicemail message. Messages are files that Asterisk numbers anew, so the text goes by
--- the message's id.
function transcript.save_message(ctx, msg_id, text)
  local ok, err = guard.may_write(ctx)
  if not ok then return nil, err end
  if type(text) ~= "string" or #text > MAX_TEXT then return invalid("transcript", "must be text of at most 4 MiB") end
  return store.transaction(function(tx)
    local done, failed = tx:exec("DELETE FROM vt_voicemailtranscripts WHERE vt_te_id = ? AND vt_msg_id = ?",
      { ctx.tenant.id, msg_id })
    if not done then return nil, failed end
    done, failed = tx:exec("INSERT INTO vt_voicemailtranscripts (vt_te_id, vt_msg_id, vt_text) VALUES (?, ?, ?)",
      { ctx.tenant.id, msg_id, text })
    if not done then return nil, failed end
    return change_log.process(tx, ctx, {
      object = "transcript", id = msg_id, action = "update", tenant_id = ctx.tenant.id,
    })
  end)
end

return transcript
