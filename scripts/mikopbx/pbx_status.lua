-- /pbx-status: calls in progress.
local running = require "mikopbx.lib.calls"

local pbx_status = route {
  family = "pbx_status",
  summary = "Calls in progress.",
  actions = {
    list = { access = "read", verb = "GET /pbx-status" },
    getActiveCalls = { access = "read", verb = "GET /pbx-status:getActiveCalls" },
    getActiveChannels = { access = "read", verb = "GET /pbx-status:getActiveChannels" },
  },
}

function pbx_status.getActiveCalls() return running.active_calls() end

-- The base document reads the calls here; the original answers "unknown action".
pbx_status.list = pbx_status.getActiveCalls

function pbx_status.getActiveChannels() return running.active_channels() end

return pbx_status
