-- info=OUTDIALED: the phones that are in a call they placed themselves.
local answer = require "proxyapi.lib.answer"
local calls = require "calls"
local channel = require "model.channel"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

local STATES = shapes.custom({ type = "object", additionalProperties = shapes.members("STATE") },
  json.object({ ["100-DEMO"] = { STATE = "INUSE" } }), "100-DEMO:INUSE|")

local outdialed = route {
  reqtype = "INFO",
  info = "OUTDIALED",
  summary = "List the phones that have dialled out, with their state.",
  actions = { list = { access = "read", tenant = "optional", result = STATES } },
}

function outdialed.list(req)
  local seen, cells, object = {}, {}, {}
  for _, it in ipairs(channel.current(req.ctx)) do
    if it.direction == "OUT" and it.peer ~= "" and not seen[it.peer] then
      seen[it.peer] = true
      local state = calls.device_state(it.channel:match("^(%w+)/") .. "/" .. it.peer)
      cells[#cells + 1] = it.peer .. ":" .. state .. "|"
      object[#object + 1], object[#object + 2] = it.peer, json.ordered("STATE", state)
    end
  end
  return answer.custom(table.concat(cells), json.ordered(unpack(object)))
end

return outdialed
