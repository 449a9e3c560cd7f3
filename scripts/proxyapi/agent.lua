-- reqtype=AGENT: one agent's membership in queues.
local answer = require "proxyapi.lib.answer"
local membership = require "proxyapi.lib.membership"
local queue = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = {
  "qu_id", "qu_number", "qu_name", "penalty", "paused", "pausereason", "state", "callstaken",
  "lastcall",
}
local LABELS = {
  "Queue", "Number", "Name", "Penalty", "Paused", "PauseReason", "State", "CallsTaken",
  "LastCall",
}
local EXAMPLE = { 12, "9200", "Support", 0, 1, "Lunch", "NOT_INUSE", 3, 1767323045 }
local TEXTS = { "No extension specified" }

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
    pause = {
      access = "write", params = { pausereason = { default = "" } },
      result = shapes.with_texts(shapes.done("Interface paused successfully"), TEXTS),
    },
    unpause = { access = "write", result = shapes.with_texts(shapes.done("Interface unpaused successfully"), TEXTS) },
    listqueues = {
      access = "read", result = shapes.with_texts(shapes.list(COLUMNS, EXAMPLE, { labels = LABELS }), TEXTS),
    },
    add = { access = "write", params = membership.params, result = membership.RESULT },
    del = { access = "write", result = membership.RESULT },
  },
}

local function pause(req, who, paused)
  local which, err
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

agent.pause = answer.about(membership.who, function(req, who) return pause(req, who, true) end)

agent.unpause = answer.about(membership.who, function(req, who) return pause(req, who, false) end)

agent.listqueues = answer.about(membership.who, function(req, who)
  local queues, err = queue.rows(req.ctx, { columns = { "qu_id", "qu_number", "qu_name" } })
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
end)

agent.add, agent.del = membership.add, membership.remove

return agent
