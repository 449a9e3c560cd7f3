-- reqtype=QUEUE: members of a queue and its log.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local json = require "json"
local membership = require "proxyapi.lib.membership"
local queue_model = require "model.queue"

local LABELS = {
  "Number", "Name", "Interface", "StateInterface", "Penalty", "Paused", "PauseReason", "Order",
  "Type", "State", "CallsTaken", "LastCall",
}
local COLUMNS = {}
for i, label in ipairs(LABELS) do COLUMNS[i] = label:lower() end

local queue = route {
  reqtype = "QUEUE",
  summary = "List, add, remove, clean or log the members of a queue.",
  params = {
    number = { summary = "queue number (NONE with action=log)" },
    id = { summary = "queue id" },
    extension = { summary = "member, 103 or 103-DEMO (NONE with action=log)" },
  },
  actions = {
    list = { access = "read" },
    fulllist = { access = "read" },
    add = { access = "write", params = membership.params },
    del = { access = "write" },
    clean = { access = "write" },
    log = {
      access = "write",
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

function queue.list(req)
  local which, err, text = membership.target(req)
  if not which then return text, err end
  local members
  members, err = queue_model.members(req.ctx, which)
  if not members then return nil, err end
  local names, cells = json.array({}), {}
  for i, member in ipairs(members) do
    names[i] = member.device
    cells[i] = member.device .. "|"
  end
  local quirk = #members == 0 and config.get("proxyapi.quirks", false)
  return answer.custom(table.concat(cells), quirk and json.null or names)
end

function queue.fulllist(req)
  local which, err, text = membership.target(req)
  if not which then return text, err end
  local members
  members, err = queue_model.agents(req.ctx, which)
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
end

local function agent(req)
  local found, err = membership.agent(req.ctx, req.params.extension)
  if found or err then return found, err end
  return nil, nil, answer.text("No extension specified")
end

function queue.add(req)
  local who, err, text = agent(req)
  if not who then return text, err end
  return membership.add(req, who)
end

function queue.del(req)
  local who, err, text = agent(req)
  if not who then return text, err end
  return membership.remove(req, who)
end

function queue.clean(req)
  local which, err, text = membership.target(req)
  if not which then return text, err end
  local count
  count, err = queue_model.clear_members(req.ctx, which)
  if not count then return nil, err end
  return answer.ok()
end

function queue.log(req)
  local params = req.params
  local which, err, text
  if (params.number or ""):upper() ~= "NONE" then
    which, err, text = membership.target(req)
    if not which then return text, err end
  end
  local who = params.extension
  if not who or who == "" then who = "NONE" end
  local done
  done, err = queue_model.log(req.ctx, which, {
    event = params.event:upper(), agent = who, callid = params.uniqid,
    data = { params.data1, params.data2, params.data3, params.data4, params.data5 },
  })
  if not done then return nil, err end
  return answer.ok()
end

return queue
