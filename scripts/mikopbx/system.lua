-- /system: whether the host answers.
local json = require "json"
local shapes = require "mikopbx.lib.shapes"

local system = route {
  family = "system",
  summary = "Liveness of the host.",
  actions = {
    ping = { access = "public", tenant = "none", verb = "GET /system:ping", result = shapes.nothing },
    getAvailableLanguages = {
      access = "public", tenant = "none", verb = "GET /system:getAvailableLanguages",
      result = shapes.list(shapes.record(shapes.members("code name flag", "text"))),
    },
    checkAuth = { access = "read", verb = "GET /system:checkAuth", result = shapes.nothing },
  },
}

function system.ping() return json.array({}) end

function system.getAvailableLanguages()
  return { json.ordered("code", "en", "name", "English", "flag", "united kingdom") }
end

function system.checkAuth() return json.array({}) end

return system
