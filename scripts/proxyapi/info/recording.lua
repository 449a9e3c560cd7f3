-- info=RECORDING: a recording as a download.
local recordings = require "proxyapi.lib.recordings"

return recordings.route("RECORDING", "Download the recording of a call.", "attachment")
