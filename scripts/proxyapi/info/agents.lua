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

local function queues_of(req)
  local id = req.params.queue
  if id and id ~= "" then
    local found, err = queue.which(req.ctx, { id = tonumber(id) or -1 })
    if not found then return nil, err end
    return { found }
  end
  local rows, err = queue.rows(req.ctx, { columns = { "qu_id", "qu_number", "qu_name" } })
  return rows and rows:list(), err
end

function agents.list(req)
  local queues, err = queues_of(req)
  if not queues then
    if err.code == "not_found" then return answer.custom("", json.null) end
    return nil, err
  end
  local seen, cells, object = {}, {}, {}
  for _, it in ipairs(queues) do
    local members
    members, err = queue.agents(req.ctx, it)
    if not members then return nil, err end
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
  end
  return answer.custom(table.concat(cells), json.ordered(unpack(object)))
end

return agents
