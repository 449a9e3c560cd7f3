-- info=IVRLOGS: what callers pressed in the menus.
local answer = require "proxyapi.lib.answer"
local cdr = require "model.cdr"

local ivrlogs = route {
  reqtype = "INFO",
  info = "IVRLOGS",
  summary = "List what callers pressed in menus.",
  params = { start = cdr.filters.start, ["end"] = cdr.filters["end"] },
  actions = { list = { access = "read" } },
}

function ivrlogs.list(req)
  local first, last = cdr.span(req.params)
  if not first then return nil, last end
  return answer.stream([[
    SELECT il_time AS "time", il_uniqueid AS uniqueid, il_iv_id AS iv_id, iv_name, il_callerid AS callerid,
      il_key AS "key", il_destination AS destination
    FROM il_ivrlogs LEFT JOIN iv_ivrs ON iv_id = il_iv_id AND iv_te_id = il_te_id
    WHERE il_te_id = ? AND il_time >= ? AND il_time <= ? ORDER BY il_time, il_id]], { req.tenant.id, first, last })
end

return ivrlogs
