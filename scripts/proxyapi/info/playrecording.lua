-- info=PLAYRECORDING: a recording to play in the browser.
local recordings = require "proxyapi.lib.recordings"

local playrecording = route {
  reqtype = "INFO",
  info = "PLAYRECORDING",
  summary = "Play the recording of a call.",
  params = { id = { max = 150, summary = "unique id or originate id of the call" } },
  actions = { get = { access = "read", tenant = "optional" } },
}

function playrecording.get(req) return recordings.serve(req, "inline") end

return playrecording
