-- info=VOICEMAILTRANSCRIPT: the text that was made of a voicemail message.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"
local transcript = require "model.transcript"

local voicemailtranscript = route {
  reqtype = "INFO",
  info = "VOICEMAILTRANSCRIPT",
  summary = "Read the transcript of a voicemail message.",
  params = { id = { pattern = "%d*", max = 40, summary = "id of the message" } },
  actions = { get = { access = "read", result = shapes.body("text/plain") } },
}

function voicemailtranscript.get(req)
  local text, err = transcript.of_message(req.ctx, req.params.id)
  if not text then return nil, err end
  return answer.body(text, "text/plain; charset=UTF-8")
end

return voicemailtranscript
