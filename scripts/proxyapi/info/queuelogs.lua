-- info=QUEUELOGS: one row per visit of a caller to a queue that is over.
local answer = require "proxyapi.lib.answer"
local config = require "config"
local queuelog = require "model.queuelog"
local shapes = require "proxyapi.lib.shapes"

local function all(ctx) return queuelog.select(ctx, {}) end

local VISITS = shapes.with_texts(shapes.list(all, {
  time = "2026-01-02 03:04:05", qu_name = "Support", callerid = "0123456", disposition = "ANSWERED", agent = "100-DEMO",
  holdtime = "12", calltime = "61", origpos = "1", callid = "srv01-1767323045.7",
}, { positional = true }), { "]" })

local queuelogs = route {
  reqtype = "INFO",
  info = "QUEUELOGS",
  summary = "List the calls of queues: how long they waited, who answered.",
  params = queuelog.filters,
  actions = { list = { access = "read", result = VISITS } },
}

function queuelogs.list(req)
  local selected, err = queuelog.select(req.ctx, req.params)
  if not selected then return nil, err end
  local quirk = config.get("proxyapi.quirks", false) and "]" or nil
  return answer.stream(selected.sql, selected.params,
    { positional = true, empty = { csv = "", plain = "", json = quirk } })
end

return queuelogs
