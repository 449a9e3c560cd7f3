-- info=VOICEMAIL: the sound of a message by its number.
local messages = require "proxyapi.lib.messages"

local voicemail = route {
  reqtype = "INFO",
  info = "VOICEMAIL",
  summary = "Download a voicemail message.",
  params = { id = { pattern = "%d*", max = 40, summary = "id of the message" } },
  actions = { get = { access = "read", result = messages.RESULT } },
}

function voicemail.get(req) return messages.serve(req, { id = req.params.id }) end

return voicemail
