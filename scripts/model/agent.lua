-- Agents: the members of the queues of a tenant, and what they do now.
local calls = require "calls"
local queue = require "model.queue"
local store = require "store"

local agent = {}

--- Members of all queues of the tenant with what they do now, or of the queue with an id; each knows its
--- `queue`.
function agent.everywhere(ctx, id)
  local queues, err
  if id and id ~= "" then
    queues, err = queue.which(ctx, { id = tonumber(id) or -1 })
    queues = queues and { queues }
  else
    local rows
    rows, err = queue.rows(ctx, { columns = { "qu_id", "qu_number", "qu_name" } })
    queues = rows and rows:list()
  end
  if not queues then return nil, err end
  local all = {}
  for _, row in ipairs(queues) do
    local members
    members, err = queue.agents(ctx, row)
    if not members then return nil, err end
    for _, member in ipairs(members) do
      member.queue = tostring(row.qu_id)
      all[#all + 1] = member
    end
  end
  return all
end

--- Each agent of the tenant's queues, or of the queue with an id, once: `device`, `name`, `paused` (1 in all of them)
--- and `state`, the word for its phone, else for its lamp.
function agent.on_duty(ctx, id)
  local one, params = "", { ctx.tenant.id }
  if id and id ~= "" then
    local row, err = queue.which(ctx, { id = tonumber(id) or -1 })
    if not row then return nil, err end
    one, params[2] = " AND q.qu_id = ?", row.qu_id
  end
  local rows, err = store.query([[SELECT COALESCE(NULLIF(m.member_device, ''), REPLACE(m.state_interface, 'Custom:', ''))
    AS device, MIN(m.membername) AS name, MIN(m.paused) AS paused, MIN(m.state_interface) AS lamp FROM qu_queues q
    JOIN queue_member m ON m.queue_name = CAST(q.qu_id AS CHAR) WHERE q.qu_te_id = ?]] .. one
    .. " GROUP BY 1 ORDER BY MIN(m.uniqueid)", params, { rows = 100000 })
  if not rows then return nil, err end
  local list, state_of = rows:list(), calls.device_state
  for _, it in ipairs(list) do
    it.state = state_of("PJSIP/" .. it.device)
    if it.state == "UNKNOWN" then it.state = state_of(it.lamp or "") end
  end
  return list
end

return agent
