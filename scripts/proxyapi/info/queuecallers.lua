-- info=QUEUECALLERS: who waits in a queue now, in the order of the positions.
local answer = require "proxyapi.lib.answer"
local queue = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local COLUMNS = { "position", "uniqueid", "channel", "calleridnum", "calleridname", "wait", "priority" }

local EXAMPLE = { 1, "srv01-1767323045.7", "PJSIP/trunk-00000003", "0123456", "Ben", 41, 0 }

local queuecallers = route {
  reqtype = "INFO",
  info = "QUEUECALLERS",
  summary = "List the callers who wait in a queue.",
  params = { id = { type = "integer", aliases = { "queue" }, required = true, summary = "queue id" } },
  actions = { list = { access = "read", result = shapes.list(COLUMNS, EXAMPLE) } },
}

function queuecallers.list(req)
  local found, err = queue.which(req.ctx, { id = req.params.id })
  if not found then return nil, err end
  local live, rows = queue.live(req.ctx, found), {}
  for i, it in ipairs(live and live.callers or {}) do
    rows[i] = {
      position = it.position, uniqueid = it.uniqueid, channel = it.channel, calleridnum = it.caller_number,
      calleridname = it.caller_name, wait = it.wait, priority = it.priority or "0",
    }
  end
  return answer.list(COLUMNS, rows)
end

return queuecallers
