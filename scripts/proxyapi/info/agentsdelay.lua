-- info=AGENTSDELAY: how long phones rang before agents answered, on average today.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local queuelog = require "model.queuelog"
local shapes = require "proxyapi.lib.shapes"

local DELAYS = shapes.custom({ type = "object", additionalProperties = {
  type = "object", required = { "0" }, properties = { ["0"] = { type = "integer" } }, additionalProperties = false } },
  json.object({ ["12"] = json.ordered("0", 7) }), "12:7|")

local agentsdelay = route {
  reqtype = "INFO",
  info = "AGENTSDELAY",
  summary = "Read by queue how many seconds phones rang before an agent answered, today.",
  params = { queue = { summary = "queue id" } },
  actions = { list = { access = "read", result = DELAYS } },
}

function agentsdelay.list(req)
  local rows, err = queuelog.ringing(req.ctx, req.params.queue)
  if not rows then return nil, err end
  local cells, object = {}, {}
  for row in rows:each() do
    local seconds = math.floor((row.seconds or 0) + 0.5)
    cells[#cells + 1] = row.qu_id .. ":" .. seconds .. "|"
    object[#object + 1], object[#object + 2] = tostring(row.qu_id), json.ordered("0", seconds)
  end
  return answer.custom(table.concat(cells), json.ordered(unpack(object)))
end

return agentsdelay
