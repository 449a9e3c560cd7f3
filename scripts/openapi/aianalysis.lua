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

function aianalysis.list(req)
  local uniqueid = req.params.uniqueid
  if not uniqueid or uniqueid == "" then
    return nil, { code = "invalid", reason = "uniqueid_required", field = "uniqueid",
      message = "Provide a uniqueid." }
  end
  local found, err = recording.analysis(req.ctx, uniqueid)
  if not found then return nil, err end
  return json.array(found)
end

return aianalysis
