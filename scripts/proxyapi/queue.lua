-- reqtype=QUEUE: members of a queue and its log.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local json = require "json"
local membership = require "proxyapi.lib.membership"
local queue_model = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local LABELS = {
  "Number", "Name", "Interface", "StateInterface", "Penalty", "Paused", "PauseReason", "Order",
  "Type", "State", "CallsTaken", "LastCall",
}
local COLUMNS = {}
for i, label in ipairs(LABELS) do COLUMNS[i] = label:lower() end

local EXAMPLE = {
  "100", "Ada", "Local/100@DEMO-agents", "PJSIP/100-DEMO", 0, 0, "", 1, "NF", "NOT_INUSE", 3, 1767323045,
}
local TEXTS = { "No queue (id or number) specified" }
local NAMES = shapes.with_texts(shapes.custom({ type = "array", nullable = true, items = { type = "string" } },
  json.array({ "100-DEMO", "101-DEMO" }), "100-DEMO|101-DEMO|"), TEXTS)

local queue = route {
  reqtype = "QUEUE",
  summary = "List, add, remove, clean or log the members of a queue.",
  params = {
    number = { summary = "queue number (NONE with action=log)" },
    id = { summary = "queue id" },
    extension = { summary = "member, 103 or 103-DEMO (NONE with action=log)" },
  },
  actions = {
    list = { access = "read", result = NAMES },
    fulllist = { access = "read", result = shapes.with_texts(shapes.list(COLUMNS, EXAMPLE, { labels = LABELS }), TEXTS) },
    add = { access = "write", params = membership.params, result = membership.RESULT },
    del = { access = "write", result = membership.RESULT },
    clean = { access = "write", result = shapes.with_texts(shapes.ok(), TEXTS) },
    log = {
      access = "write", result = shapes.with_texts(shapes.ok(), TEXTS),
      params = {
        event = { required = true, max = 32, summary = "word for the event column" },
        uniqid = { default = "NONE", max = 80 },
        data1 = { default = "", max = 100 }, data2 = { default = "", max = 100 },
        data3 = { default = "", max = 100 }, data4 = { default = "", max = 100 },
        data5 = { default = "", max = 100 },
      },
    },
  },
}

queue.list = answer.about(membership.target, function(req, which)
  local members, err = queue_model.members(req.ctx, which)
  if not members then return nil, err end
  local names, cells = json.array({}), {}
  for i, member in ipairs(members) do
    names[i] = member.device
    cells[i] = member.device .. "|"
  end
  local quirk = #members == 0 and config.get("proxyapi.quirks", false)
  return answer.custom(table.concat(cells), quirk and json.null or names)
end)

queue.fulllist = answer.about(membership.target, function(req, which)
  local members, err = queue_model.agents(req.ctx, which)
  if not members then return nil, err end
  local rows = {}
  for i, member in ipairs(members) do
    rows[i] = {
      number = member.number, name = member.name, interface = member.interface,
      stateinterface = member.state_interface, penalty = member.penalty,
      paused = member.paused, pausereason = member.pausereason or "",
      order = member.order, type = member.type, state = member.state,
      callstaken = member.calls_taken, lastcall = member.last_call,
    }
  end
  return answer.list(COLUMNS, rows, { labels = LABELS })
end)

queue.add, queue.del = membership.add, membership.remove

queue.clean = answer.about(membership.target, function(req, which)
  return answer.changed(queue_model.clear_members(req.ctx, which))
end)

function queue.log(req)
  local params = req.params
  local which, err, text
  if (params.number or ""):upper() ~= "NONE" then
    which, err, text = membership.target(req)
    if not which then return text, err end
  end
  local who = params.extension
  if not who or who == "" then who = "NONE" end
  return answer.changed(queue_model.log(req.ctx, which, {
    event = params.event:upper(), agent = who, callid = params.uniqid,
    data = { params.data1, params.data2, params.data3, params.data4, params.data5 },
  }))
end

return queue
