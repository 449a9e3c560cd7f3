-- info=TRANSCRIPT: the text that was made of a recording.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local recordings = require "proxyapi.lib.recordings"
local shapes = require "proxyapi.lib.shapes"
local transcript_model = require "model.transcript"

local TEXT_OR_NULL, NUMBER = { type = "string", nullable = true }, { type = "number", nullable = true }
local SAID = shapes.custom({
  type = "object", required = { "uniqueid", "transcript", "segments" }, additionalProperties = false,
  properties = { uniqueid = { type = "string" }, transcript = { type = "string" }, summary = TEXT_OR_NULL, segments = {
    type = "array", items = { type = "object", additionalProperties = false,
      properties = { speaker = TEXT_OR_NULL, start = NUMBER, ["end"] = NUMBER, text = TEXT_OR_NULL } } } },
}, json.ordered("uniqueid", "srv01-1767323045.7", "transcript", "Ada: Hello.", "summary", "A greeting.", "segments",
  json.array({ json.ordered("speaker", "Ada", "start", 0.4, "end", 1.2, "text", "Hello.") })), "Ada: Hello.")

local transcript = route {
  reqtype = "INFO",
  info = "TRANSCRIPT",
  summary = "Read the transcript of a recording.",
  params = recordings.PARAMS,
  actions = { get = { access = "read", tenant = "optional", result = SAID } },
}

function transcript.get(req)
  local found, err = transcript_model.of_recording(req.ctx, req.params.id)
  if not found then return nil, err end
  local segments = json.array({})
  for i, it in ipairs(found.segments) do
    segments[i] = json.ordered("speaker", it.speaker, "start", it.start, "end", it["end"], "text", it.text)
  end
  return answer.custom(found.transcript, json.ordered("uniqueid", found.uniqueid, "transcript", found.transcript,
    "summary", found.summary, "segments", segments))
end

return transcript
