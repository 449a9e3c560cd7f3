-- info=TRANSCRIPT: the text that was made of a recording.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local transcript_model = require "model.transcript"

local transcript = route {
  reqtype = "INFO",
  info = "TRANSCRIPT",
  summary = "Read the transcript of a recording.",
  params = { id = { max = 150, summary = "unique id or originate id of the call" } },
  actions = { get = { access = "read", tenant = "optional" } },
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
