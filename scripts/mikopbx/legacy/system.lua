-- system/...: liveness and clock in the older API.
local json = require "json"
local shapes = require "mikopbx.lib.shapes"
local time = require "time"

local system = route {
  family = "system",
  summary = "Liveness and clock.",
  actions = {
    ping = { access = "public", tenant = "none", verb = "GET /system/ping", result = shapes.nothing },
    getDate = { access = "read", verb = "GET /system/getDate", result = shapes.record({ timestamp = "whole" }) },
  },
}

function system.ping() return json.array({}) end

function system.getDate() return { timestamp = math.floor(time.now()) } end

return system
