-- info=RECORDING: a recording as a download.
local recordings = require "proxyapi.lib.recordings"

local recording = route {
  reqtype = "INFO",
  info = "RECORDING",
  summary = "Download the recording of a call.",
  params = { id = { max = 150, summary = "unique id or originate id of the call" } },
  actions = { get = { access = "read", tenant = "optional" } },
}

function recording.get(req) return recordings.serve(req, "attachment") end

return recording
