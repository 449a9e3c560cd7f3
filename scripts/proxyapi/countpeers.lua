-- reqtype=COUNTPEERS: how many phones are registered, by node.
local ami = require "ami"
local calls = require "calls"
local tally = require "proxyapi.lib.tally"

local countpeers = route {
  reqtype = "COUNTPEERS",
  summary = "Count the registered peers by node.",
  actions = { count = { access = "read", tenant = "optional", result = tally.RESULT } },
}

function countpeers.count()
  local counted = {}
  for _, it in ipairs(ami.nodes()) do counted[it.node] = 0 end
  for _, contact in ipairs(calls.contacts()) do
    counted[contact.node] = (counted[contact.node] or 0) + 1
  end
  return tally.by_node(counted)
end

return countpeers
