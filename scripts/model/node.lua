-- The Asterisk nodes: whether they are there to be asked.
local ami = require "ami"

local node = {}

--- The error of a node that is away; nil when all are there, with `every` also when some are.
function node.away(every)
  local away
  for _, it in ipairs(ami.nodes()) do
    if it.state ~= "up" then
      away = away or it
    elseif every then
      return nil
    end
  end
  return away and { code = "unavailable", reason = "node_down",
    message = ("asterisk node %s is down%s"):format(away.node, away.error and ": " .. away.error or "") }
end

return node
