-- info=VERSION: the version of the running host.
local answer = require "proxyapi.lib.answer"
local shapes = require "proxyapi.lib.shapes"

local version = route {
  reqtype = "INFO",
  info = "VERSION",
  summary = "Read the version of the host.",
  actions = { get = { access = "admin", tenant = "none", result = shapes.value("version", "1.0.0") } },
}

function version.get() return answer.value("version", host.info().version) end

return version
