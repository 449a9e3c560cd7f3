-- info=PLAYRECORDING: a recording to play in the browser.
local recordings = require "proxyapi.lib.recordings"

return recordings.route("PLAYRECORDING", "Play the recording of a call.", "inline")
