-- reqtype=COUNTCALLS: how many calls are running.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local tally = require "proxyapi.lib.tally"

local countcalls = route {
  reqtype = "COUNTCALLS",
  summary = "Count the running calls, of all tenants with an administrator key.",
  actions = { count = { access = "read", tenant = "optional", result = tally.number("calls", 3) } },
}

function countcalls.count()
  local total = calls.count().calls
  return answer.custom(tostring(total), { calls = total })
end

return countcalls
