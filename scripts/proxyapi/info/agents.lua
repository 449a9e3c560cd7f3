-- info=AGENTS: the agents of all queues, or of one, with their state.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local queue = require "model.queue"

-- What each device state means for somebody who wants to hand out a call.
local WORDS = {
  NOT_INUSE = "available", INUSE = "busy", BUSY = "busy", RINGING = "ringing",
  RINGINUSE = "ringing", ONHOLD = "busy", UNAVAILABLE = "unavailable", INVALID = "unavailable",
  UNKNOWN = "unknown",
}

local agents = route {
  reqtype = "INFO",
  info = "AGENTS",
  summary = "List queue agents and their states.",
  params = { queue = { summary = "queue id" } },
  actions = { list = { access = "read" } },
}

function agents.list(req)
  local members, err = queue.all_agents(req.ctx, req.params.queue)
  if not members then
    if err.code == "not_found" then return answer.custom("", json.null) end
    return nil, err
  end
  local seen, cells, object = {}, {}, {}
  for _, member in ipairs(members) do
    local name = member.device
    if name and not seen[name] then
      seen[name] = true
      local word = member.paused == 1 and "paused" or WORDS[member.state] or "unknown"
      cells[#cells + 1] = name .. ":" .. word:gsub("^%l", string.upper) .. "|"
      object[#object + 1] = name
      object[#object + 1] = json.ordered("0", member.number, "1", word, "2", member.state, "4", "",
        "5", "", "6", "", "7", "", "8", "", "10", member.name or "", "11", name)
    end
  end
  return answer.custom(table.concat(cells), json.ordered(unpack(object)))
end

return agents
