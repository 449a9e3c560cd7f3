-- /system: whether the host answers.
local json = require "json"

local system = route {
  family = "system",
  summary = "Liveness of the host.",
  actions = {
    ping = { access = "public", tenant = "none", verb = "GET /system:ping" },
    getAvailableLanguages = {
      access = "public", tenant = "none", verb = "GET /system:getAvailableLanguages",
    },
    checkAuth = { access = "read", verb = "GET /system:checkAuth" },
  },
}

function system.ping() return json.array({}) end

function system.getAvailableLanguages()
  return { json.ordered("code", "en", "name", "English", "flag", "united kingdom") }
end

function system.checkAuth() return json.array({}) end

return system
