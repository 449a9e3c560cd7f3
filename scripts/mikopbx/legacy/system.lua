-- system/...: liveness and clock in the older API.
local json = require "json"
local time = require "time"

local system = route {
  family = "system",
  summary = "Liveness and clock.",
  actions = {
    ping = { access = "public", tenant = "none", verb = "GET /system/ping" },
    getDate = { access = "read", verb = "GET /system/getDate" },
  },
}

function system.ping() return json.array({}) end

function system.getDate() return { timestamp = math.floor(time.now()) } end

return system
