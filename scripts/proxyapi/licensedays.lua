-- reqtype=LICENSEDAYS: there is no licence; clients expect a number of days.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local tally = require "proxyapi.lib.tally"

local licensedays = route {
  reqtype = "LICENSEDAYS",
  summary = "Days before the licence ends; a constant of the configuration.",
  actions = { get = { access = "admin", tenant = "none", result = tally.number("days", 9999) } },
}

function licensedays.get()
  local days = config.get("proxyapi.license_days", 9999)
  return answer.custom(tostring(days), { days = days })
end

return licensedays
