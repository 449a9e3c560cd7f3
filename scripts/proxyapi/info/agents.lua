-- info=AGENTS: the agents of all queues, or of one, with their state.
local agents_of = require "model.agent"
local answer = require "proxyapi.lib.answer"
local json = require "json"
local shapes = require "proxyapi.lib.shapes"

-- What each device state means for somebody who wants to hand out a call.
local WORDS = {
  NOT_INUSE = "available", INUSE = "busy", BUSY = "busy", RINGING = "ringing",
  RINGINUSE = "ringing", ONHOLD = "busy", UNAVAILABLE = "unavailable", INVALID = "unavailable",
  UNKNOWN = "unknown",
}

local STATES = shapes.custom({ type = "object", nullable = true, additionalProperties = shapes.members("0 1 2 4 5 6 7 8 10 11") },
  json.object({ ["100-DEMO"] = json.ordered("0", "100", "1", "available", "2", "NOT_INUSE", "4", "", "5", "", "6", "", "7", "",
    "8", "", "10", "Ada", "11", "100-DEMO") }), "100-DEMO:Available|")

local agents = route {
  reqtype = "INFO",
  info = "AGENTS",
  summary = "List queue agents and their states.",
  params = { queue = { summary = "queue id" } },
  actions = { list = { access = "read", result = STATES } },
}

-- Built as text: json.ordered takes no list this long. Nothing but a device and a name can hold what needs quoting.
local CELL = '%s:{"0":%s,"1":"%s","2":"%s","4":"","5":"","6":"","7":"","8":"","10":%s,"11":%s}'

local function php(value) return json.encode(value, { php = true }) end

function agents.list(req)
  local list, err = agents_of.on_duty(req.ctx, req.params.queue)
  if not list then
    if err.code == "not_found" then return answer.custom("", json.null) end
    return nil, err
  end
  local plain, cells = req.format == "plain", {}
  for i, agent in ipairs(list) do
    local device, word = agent.device, agent.paused == 1 and "paused" or WORDS[agent.state] or "unknown"
    if plain then
      cells[i] = device .. ":" .. word:gsub("^%l", string.upper) .. "|"
    else
      local name = php(device)
      cells[i] = CELL:format(name, php(device:match("^(.-)%-[^-]*$") or device), word, agent.state, php(agent.name or ""), name)
    end
  end
  if plain then return answer.custom(table.concat(cells), json.null) end
  return answer.custom("", json.raw("{" .. table.concat(cells, ",") .. "}"))
end

return agents
