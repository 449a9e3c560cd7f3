-- info=VERSION: the version of the running host.
local answer = require "proxyapi.lib.answer"

local version = route {
  reqtype = "INFO",
  info = "VERSION",
  summary = "Read the version of the host.",
  actions = { get = { access = "admin", tenant = "none" } },
}

function version.get() return answer.value("version", host.info().version) end

return version
