-- OpenAPI /aianalysis: what was said in a call and how.
local json = require "json"
local recording = require "model.recording"

local PATHS = { "aianalysis", "aianalyses", "ai_analysis", "ai_analyses", "ai_analysises", "callanalysis", "call_analysis" }
local verbs = {}
for _, path in ipairs(PATHS) do
  verbs[#verbs + 1] = "GET /" .. path
  verbs[#verbs + 1] = "GET /" .. path .. "/{uniqueid}"
end

local TEXT, MAYBE = { type = "string" }, { type = "string", nullable = true }
local NUMBER = { type = "number", nullable = true }
local RESULT = {
  type = "array", maxItems = 1, description = "The call, or nothing when nobody listened.",
  items = { type = "object", required = { "uniqueid", "recordings", "transcript_segments" }, properties = {
    tenant_id = TEXT, tenant_code = MAYBE, uniqueid = TEXT, transcript = MAYBE, summary = MAYBE,
    sentiment_score = MAYBE, sentiment_scores = MAYBE, sentiment_brief = MAYBE, sentiment_details = MAYBE,
    recordings = { type = "array", items = { type = "object", properties = {
      metadata_id = TEXT, recording_id = TEXT, date = MAYBE, transcript = MAYBE, summary = MAYBE,
      sentiment_score = MAYBE, sentiment_scores = MAYBE, sentiment_brief = MAYBE, sentiment_details = MAYBE,
    } } },
    transcript_segments = { type = "array", items = { type = "object", properties = {
      recording_id = TEXT, speaker = MAYBE, start = NUMBER, ["end"] = NUMBER, text = MAYBE,
    } } },
  } },
  example = json.array({ { tenant_id = "1", tenant_code = "DEMO", uniqueid = "1700000000.12", transcript = "Good morning.",
    summary = "A greeting.", recordings = json.array({}), transcript_segments = json.array({
      { recording_id = "1", speaker = "caller", start = 0, ["end"] = 1.5, text = "Good morning." } }) } }),
}

local aianalysis = route {
  object = "aianalysis", summary = "Transcript, summary and mood of a call.", tags = { "Call records" },
  actions = {
    list = {
      access = "read", tenant = "optional", verb = verbs, result = RESULT,
      params = { uniqueid = { max = 150, summary = "uniqueid of the call", example = "1700000000.12",
        document = { min = 1, required = true } } },
    },
  },
}

local function segments_of(found)
  local list = json.array({})
  for i, it in ipairs(found.segments) do
    list[i] = json.ordered("recording_id", tostring(it.tr_rm_id), "speaker", it.tr_speaker, "start", it.tr_start,
      "end", it.tr_end, "text", it.tr_text)
  end
  return list
end

local function recordings_of(found)
  local list = json.array({})
  for i, row in ipairs(found.recordings) do
    list[i] = json.ordered("metadata_id", tostring(row.rm_id), "recording_id", tostring(row.rm_id),
      "date", row.rm_date, "transcript", row.rm_transcript, "summary", row.rm_summary,
      "sentiment_score", row.rm_sentiment_score, "sentiment_scores", row.rm_sentiment_scores,
      "sentiment_brief", row.rm_sentiment_brief, "sentiment_details", row.rm_sentiment_details)
  end
  return list
end

function aianalysis.list(req)
  local uniqueid = req.params.uniqueid
  if not uniqueid or uniqueid == "" then
    return nil, { code = "invalid", reason = "uniqueid_required", field = "uniqueid",
      message = "Provide a uniqueid." }
  end
  local found, err = recording.analysis(req.ctx, uniqueid)
  if not found then return err == nil and json.array({}) or nil, err end
  local first = found.recordings[1]
  return json.array({ json.ordered("tenant_id", tostring(first.rm_te_id), "tenant_code", first.te_code,
    "uniqueid", uniqueid, "transcript", first.rm_transcript, "summary", first.rm_summary,
    "sentiment_score", first.rm_sentiment_score, "sentiment_scores", first.rm_sentiment_scores,
    "sentiment_brief", first.rm_sentiment_brief, "sentiment_details", first.rm_sentiment_details,
    "recordings", recordings_of(found), "transcript_segments", segments_of(found)) })
end

return aianalysis
