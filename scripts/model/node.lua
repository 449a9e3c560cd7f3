-- The Asterisk nodes: whether they are there to be asked, and what all of them are told when what they have
-- read of the store is not so any more.
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

--- Sends an action to every node that is up. With `lenient` a refusal is none: what a node does not have it
--- need not be told of.
function node.each(action, headers, lenient)
  for _, it in ipairs(ami.nodes()) do
    if it.state == "up" then
      local reply, err = ami.action(action, headers, { node = it.node })
      if not reply and not (lenient and err.code == "refused") then return nil, err end
    end
  end
  return true
end

--- Has every node look again where an AOR's contacts are, and how often they are asked.
function node.look_again(name)
  return node.each("Command", { Command = "pjsip reload qualify aor " .. name }, true)
end

--- Has every node read anew with whom to register; who is gone is unregistered.
function node.register_again()
  return node.each("Reload", { Module = "res_pjsip_outbound_registration.so" })
end

--- Has every node register now, after what made it fail has been put right.
function node.register(name) return node.each("PJSIPRegister", { Registration = name }, true) end

--- Has every node read anew who is known by an address or a name.
function node.identify_again()
  return node.each("SorceryMemoryCacheExpire", { Cache = "identifies" }, true)
end

return node
