-- info=QUEUES: ids and names of the queues.
local answer = require "proxyapi.lib.answer"
local json = require "json"
local queue = require "model.queue"
local shapes = require "proxyapi.lib.shapes"

local NAMES = shapes.custom({ type = "object", additionalProperties = { type = "string" } },
  json.ordered("12", "Support", "13", "Sales"), "12:Support|13:Sales|")

local queues = route {
  reqtype = "INFO",
  info = "QUEUES",
  summary = "List the queues.",
  actions = { list = { access = "read", result = NAMES } },
}

function queues.list(req)
  local rows, err = queue.rows(req.ctx, { columns = { "qu_id", "qu_name" }, sort = "qu_id" })
  if not rows then return nil, err end
  local cells, members = {}, {}
  for row in rows:each() do
    local name = (row.qu_name or ""):gsub("[|\r\n]", " ")
    cells[#cells + 1] = row.qu_id .. ":" .. name .. "|"
    members[#members + 1] = json.encode(tostring(row.qu_id), { php = true }) .. ":"
      .. json.encode(row.qu_name or "", { php = true })
  end
  return answer.custom(table.concat(cells), json.raw("{" .. table.concat(members, ",") .. "}"))
end

return queues
