-- reqtype=COUNTCHANNELS: how many channels are up, by node.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local tally = require "proxyapi.lib.tally"

local countchannels = route {
  reqtype = "COUNTCHANNELS",
  summary = "Count the active channels by node.",
  params = { nodename = { summary = "only this node" } },
  actions = { count = { access = "read", tenant = "optional", result = tally.RESULT } },
}

function countchannels.count(req)
  local counted = {}
  for node, it in pairs(calls.count().nodes) do counted[node] = it.channels end
  local node = req.params.nodename
  if node and node ~= "" then
    local value = counted[node] or 0
    return answer.custom(tostring(value), { [node] = value })
  end
  return tally.by_node(counted)
end

return countchannels
