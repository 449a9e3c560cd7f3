-- info=AGENTSCONNECTED: in which queues each agent takes calls now.
local agents_of = require "model.agent"
local answer = require "proxyapi.lib.answer"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

local ABSENT = { UNAVAILABLE = true, INVALID = true, UNKNOWN = true }

local CONNECTED = shapes.custom({ type = "object", nullable = true, additionalProperties = {
  type = "object", additionalProperties = { type = "integer", enum = { 1, 2 } } } },
  json.object({ ["100-DEMO"] = json.ordered("12", 1, "13", 2) }), "100:NOT_INUSE|")

local agentsconnected = route {
  reqtype = "INFO",
  info = "AGENTSCONNECTED",
  summary = "List the agents that are there, by queue: 1 connected, 2 connected and paused.",
  params = { queue = { summary = "queue id" } },
  actions = { list = { access = "read", result = CONNECTED } },
}

function agentsconnected.list(req)
  local members, err = agents_of.everywhere(req.ctx, req.params.queue)
  if not members then
    if err.code == "not_found" then return answer.custom("", json.null) end
    return nil, err
  end
  local order, by_agent, states = {}, {}, {}
  for _, it in ipairs(members) do
    if not ABSENT[it.state] then
      if not by_agent[it.device] then
        order[#order + 1], by_agent[it.device], states[it.device] = it.device, {}, it.state
      end
      local queues = by_agent[it.device]
      queues[#queues + 1], queues[#queues + 2] = it.queue, it.paused == 1 and 2 or 1
    end
  end
  local cells, entries = {}, {} -- as text: json.ordered takes no list this long
  for i, device in ipairs(order) do
    cells[i] = (device:match("^(.-)%-[^-]*$") or device) .. ":" .. states[device] .. "|"
    entries[i] = json.encode(device, { php = true }) .. ":" .. json.encode(json.ordered(unpack(by_agent[device])))
  end
  return answer.custom(table.concat(cells), json.raw("{" .. table.concat(entries, ",") .. "}"))
end

return agentsconnected
