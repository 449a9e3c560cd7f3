-- What went in and out through each provider: calls, not legs.
local store = require "store"

local callstats = {}

-- A leg is a trunk's when a channel of it begins with the name of the trunk's endpoint.
local SELECT = [[SELECT pr_id, %s AS incoming, count(*) AS calls, sum(answered) AS answered,
  sum(duration) AS duration, sum(billsec) AS billsec FROM (
    SELECT pr_id, max(c.duration) AS duration, max(c.billsec) AS billsec,
      max(CASE WHEN c.disposition = 'ANSWERED' THEN 1 ELSE 0 END) AS answered
    FROM cdr c JOIN pr_providers ON substr(c.%s, 1, length(pr_peername) + length(pr_tech) + 2)
      = pr_tech || '/' || pr_peername || '-'
    WHERE c.te_id = ? AND c."start" >= ? AND c."start" <= ?
    GROUP BY pr_id, CASE WHEN c.linkedid <> '' THEN c.linkedid ELSE '#' || c.ID END) per_call
  GROUP BY pr_id]]

--- Rows {pr_id, incoming, calls, answered, duration, billsec}, the incoming ones first. A call is counted
--- once, with its longest leg.
function callstats.by_provider(ctx, from, to)
  local list = {}
  for _, way in ipairs({ { 1, "channel" }, { 0, "dstchannel" } }) do
    local rows, err = store.query(SELECT:format(way[1], way[2]) .. " ORDER BY pr_id",
      { ctx.tenant.id, from, to })
    if not rows then return nil, err end
    for row in rows:each() do list[#list + 1] = row end
  end
  return list
end

return callstats
