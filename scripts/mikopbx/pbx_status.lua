-- /pbx-status: calls in progress.
local running = require "mikopbx.lib.calls"
local shapes = require "mikopbx.lib.shapes"

local pbx_status = route {
  family = "pbx_status",
  summary = "Calls in progress.",
  actions = {
    list = { access = "read", verb = "GET /pbx-status", result = shapes.list(shapes.call) },
    getActiveCalls = { access = "read", verb = "GET /pbx-status:getActiveCalls", result = shapes.list(shapes.call) },
    getActiveChannels = { access = "read", verb = "GET /pbx-status:getActiveChannels", result = shapes.list(shapes.channels) },
  },
}

function pbx_status.getActiveCalls() return running.active_calls() end

-- The base document reads the calls here; the original answers "unknown action".
pbx_status.list = pbx_status.getActiveCalls

function pbx_status.getActiveChannels() return running.active_channels() end

return pbx_status
