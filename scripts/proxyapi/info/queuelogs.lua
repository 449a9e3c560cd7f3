-- info=QUEUELOGS: one row per visit of a caller to a queue that is over.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local queuelog = require "model.queuelog"

local queuelogs = route {
  reqtype = "INFO",
  info = "QUEUELOGS",
  summary = "List the calls of queues: how long they waited, who answered.",
  params = queuelog.filters,
  actions = { list = { access = "read" } },
}

function queuelogs.list(req)
  local selected, err = queuelog.select(req.ctx, req.params)
  if not selected then return nil, err end
  local quirk = config.get("proxyapi.quirks", false) and "]" or nil
  return answer.stream(selected.sql, selected.params,
    { positional = true, empty = { csv = "", plain = "", json = quirk } })
end

return queuelogs
