-- The hours of a call group or queue: the condition about the time that leads to it while it is true.
local store = require "store"

local checktime = {}

-- Types of conditions that ask for the time and for nothing else.
local ABOUT_TIME = "('WEEKTIME', 'PERIOD', 'CALENDAR', 'HOURS', 'WEEKDAY', 'DAYOFMONTH', 'DATEEXACT', 'DATELESSER', 'DATEGREATER', "
  .. "'DATEBETWEEN', 'MULTIPLEDESTINATIONOVERWEEKTIME')"
-- by hand: destinations of conditions, by where they lead
local LEADS = [[SELECT min(co_id) FROM de_destinations JOIN co_conditions ON co_id = de_type_id_src
  WHERE de_type_dst = ? AND de_type_id_dst = ? AND de_type_src LIKE 'CONDITION%']]

--- Whether a type of failover goes by the hours of what it leads to.
function checktime.is_wanted(kind) return (kind or ""):find("_WITH_CHECKTIME$") ~= nil end

--- The condition that has the hours of a group or queue, the first of several; nil without one.
function checktime.of(ctx, tag, id)
  return store.value(LEADS .. " AND co_te_id = ? AND co_type IN " .. ABOUT_TIME, { tag, id, ctx.tenant.id })
end

--- Whether a condition still leads to a group or queue.
function checktime.leads(condition, tag, id)
  local found, err = store.value(LEADS .. " AND co_id = ?", { tag, id or 0, condition })
  return found ~= nil, err
end

return checktime
