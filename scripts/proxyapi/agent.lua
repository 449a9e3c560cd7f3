-- reqtype=AGENT: one agent's membership in queues.
local answer = require "proxyapi.lib.answer"
local membership = require "proxyapi.lib.membership"
local queue = require "model.queue"

local COLUMNS = {
  "qu_id", "qu_number", "qu_name", "penalty", "paused", "pausereason", "state", "callstaken",
  "lastcall",
}
local LABELS = {
  "Queue", "Number", "Name", "Penalty", "Paused", "PauseReason", "State", "CallsTaken",
  "LastCall",
}

local agent = route {
  reqtype = "AGENT",
  summary = "Pause, unpause, list, add or remove an agent of queues.",
  params = {
    extension = { summary = "agent, 104-DEMO or 104" },
    queue = { summary = "queue id, or ALL" },
    queuenumber = { summary = "queue number" },
    refresh = { summary = "accepted; members change without a reload" },
  },
  actions = {
    pause = { access = "write", params = { pausereason = { default = "" } } },
    unpause = { access = "write" },
    listqueues = { access = "read" },
    add = { access = "write", params = membership.params },
    del = { access = "write" },
  },
}

local function find(req)
  local found, err = membership.agent(req.ctx, req.params.extension)
  if found or err then return found, err end
  return nil, nil, answer.text("No extension specified")
end

local function pause(req, paused)
  local who, err, text = find(req)
  if not who then return text, err end
  local which
  if (req.params.queue or "ALL"):upper() ~= "ALL" or req.params.queuenumber then
    which, err = membership.queue(req.ctx, req.params.queue, req.params.queuenumber)
    if not which then return nil, err end
  end
  local count
  count, err = queue.pause_member(req.ctx, which, who, paused, req.params.pausereason or "")
  if err and err.code ~= "not_found" then return nil, err end
  if not count or count == 0 then return answer.failed("Interface not found") end
  return answer.done(("Interface %s successfully"):format(paused and "paused" or "unpaused"))
end

function agent.pause(req) return pause(req, true) end

function agent.unpause(req) return pause(req, false) end

function agent.listqueues(req)
  local who, err, text = find(req)
  if not who then return text, err end
  local queues
  queues, err = queue.rows(req.ctx, { columns = { "qu_id", "qu_number", "qu_name" } })
  if not queues then return nil, err end
  local rows = {}
  for it in queues:each() do
    local members
    members, err = queue.agents(req.ctx, it)
    if not members then return nil, err end
    for _, member in ipairs(members) do
      if tostring(member.ex_id) == tostring(who.ex_id) then
        rows[#rows + 1] = {
          qu_id = it.qu_id, qu_number = it.qu_number, qu_name = it.qu_name,
          penalty = member.penalty, paused = member.paused,
          pausereason = member.pausereason or "", state = member.state,
          callstaken = member.calls_taken, lastcall = member.last_call,
        }
      end
    end
  end
  return answer.list(COLUMNS, rows, { labels = LABELS })
end

function agent.add(req)
  local who, err, text = find(req)
  if not who then return text, err end
  return membership.add(req, who)
end

function agent.del(req)
  local who, err, text = find(req)
  if not who then return text, err end
  return membership.remove(req, who)
end

return agent
