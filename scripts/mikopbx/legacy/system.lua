-- system/...: liveness and clock in the older API.
local reply = require "lib.reply"
local shapes = require "mikopbx.lib.shapes"
local time = require "time"

local system = route {
  family = "system",
  summary = "Liveness and clock.",
  actions = {
    ping = { access = "public", tenant = "none", verb = "GET /system/ping", media = { "text/plain" } },
    getDate = { access = "read", verb = "GET /system/getDate", result = shapes.record({ timestamp = "whole" }) },
  },
}

-- A file of the original's web server.
function system.ping() return reply.body("PONG", { type = "text/plain" }) end

function system.getDate() return { timestamp = math.floor(time.now()) } end

return system
