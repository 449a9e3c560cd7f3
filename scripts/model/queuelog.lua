-- What queue_log tells of visits to queues. A visit begins with ENTERQUEUE and is over with the next event
-- of the same call and queue that ends one.
local cdr = require "model.cdr"
local store = require "store"
local time = require "time"

local queuelog = {}

queuelog.filters = {
  start = cdr.filters.start, ["end"] = cdr.filters["end"], queue = { summary = "queue id" },
}

-- Where each ending event keeps: how long the caller waited, how long they talked, the first position.
local ENDS = {
  { "COMPLETECALLER", "ANSWERED", "data1", "data2", "data3" },
  { "COMPLETEAGENT", "ANSWERED", "data1", "data2", "data3" },
  { "BLINDTRANSFER", "ANSWERED", "data3", "data4", "data5" },
  { "ATTENDEDTRANSFER", "ANSWERED", "data2", "data3", "data4" },
  { "ABANDON", "ABANDONED", "data3", nil, "data2" },
  { "EXITWITHTIMEOUT", "TIMEOUT", "data3", nil, "data2" },
  { "EXITEMPTY", "EXITEMPTY", "data3", nil, "data2" },
  { "EXITWITHKEY", "EXITWITHKEY", "data4", nil, "data3" },
}

local function choose(index, quoted, other)
  local parts = {}
  for _, it in ipairs(ENDS) do
    local value = it[index]
    if value then
      parts[#parts + 1] = ("WHEN '%s' THEN %s"):format(it[1], quoted and "'" .. value .. "'" or "t." .. value)
    end
  end
  return ('CASE t."event" %s ELSE %s END'):format(table.concat(parts, " "), other)
end

local names = {}
for i, it in ipairs(ENDS) do names[i] = "'" .. it[1] .. "'" end

local HEAD = 'SELECT e."time" AS "time", q.qu_name AS qu_name, e.data2 AS callerid, '
  .. choose(2, true, "''") .. " AS disposition, "
  .. [[CASE WHEN t.agent = 'NONE' THEN '' ELSE t.agent END AS agent, ]]
  .. choose(3, false, "''") .. " AS holdtime, " .. choose(4, false, "'0'") .. " AS calltime, "
  .. choose(5, false, "''") .. " AS origpos, e.callid AS callid"

local FROM = [[ FROM qu_queues q
  JOIN queue_log e ON e.queuename = CAST(q.qu_id AS CHAR) AND e."event" = 'ENTERQUEUE'
    AND e."time" >= ? AND e."time" <= ?
  JOIN queue_log t ON t.id = (SELECT min(x.id) FROM queue_log x WHERE x.callid = e.callid
    AND x.queuename = e.queuename AND x.id > e.id AND x."event" IN (]] .. table.concat(names, ", ") .. [[))
  LEFT JOIN ex_extensions x ON x.ex_tech_id = t.agent AND x.ex_te_id = q.qu_te_id
  WHERE q.qu_te_id = ?]]

--- Visits to queues by whole call, as a SELECT: call_id (cl_calls), id, qu_id, qu_name, enter_time, answer_time,
--- exit_time, cause, hold, talk, operator (number of who answered). Its three parameters are a tenant and the first and
--- the last time, of cl_start or cl_end, whichever `column` names.
function queuelog.visits(column)
  return [[SELECT c.cl_id AS call_id, e.id AS id, e.queuename AS qu_id, coalesce(q.qu_name, '') AS qu_name,
      e."time" AS enter_time, k."time" AS answer_time, t."time" AS exit_time, ]] .. choose(2, true, "''") .. " AS cause, "
    .. "CAST(coalesce(nullif(" .. choose(3, false, "''") .. ", ''), '0') AS INTEGER) AS hold, "
    .. "CAST(coalesce(nullif(" .. choose(4, false, "''") .. ", ''), '0') AS INTEGER) AS talk, "
    .. [[CASE WHEN k.id IS NULL THEN NULL ELSE coalesce(x.ex_number, k.agent) END AS operator
    FROM cl_calls c
    JOIN cdr r ON r.linkedid = c.cl_uniqueid AND r.ID = (SELECT min(y.ID) FROM cdr y WHERE y.uniqueid = r.uniqueid)
    JOIN queue_log e ON e.callid = r.uniqueid AND e."event" = 'ENTERQUEUE'
    LEFT JOIN qu_queues q ON q.qu_id = CAST(e.queuename AS INTEGER) AND q.qu_te_id = c.cl_te_id
    LEFT JOIN queue_log t ON t.id = (SELECT min(z.id) FROM queue_log z WHERE z.callid = e.callid
      AND z.queuename = e.queuename AND z.id > e.id AND z."event" IN (]] .. table.concat(names, ", ") .. [[))
    LEFT JOIN queue_log k ON k.id = (SELECT min(w.id) FROM queue_log w WHERE w.callid = e.callid
      AND w.queuename = e.queuename AND w.id > e.id AND w.id < t.id AND w."event" = 'CONNECT')
    LEFT JOIN ex_extensions x ON x.ex_tech_id = k.agent AND x.ex_te_id = c.cl_te_id
    WHERE c.cl_te_id = ? AND c.]] .. column .. " BETWEEN ? AND ?"
end

-- What only the administrator's full key sees of the agent's row.
local SECRET = {
  ex_webpassword = true, ex_token = true, ex_2fa_param1 = true, ex_2fa_param2 = true, ex_2fa_param3 = true,
  ex_lockpin = true,
}

--- The statement: time, qu_name, callerid, disposition, agent, holdtime, calltime, origpos, callid and the
--- columns of the extension that answered.
function queuelog.select(ctx, filters)
  local first, last = cdr.span(filters)
  if not first then return nil, last end
  local columns, err = store.columns("ex_extensions")
  if not columns then return nil, err end
  local parts = { HEAD }
  for _, it in ipairs(columns) do
    local shown = ctx.secrets or not SECRET[it.name]
    parts[#parts + 1] = (shown and "x." or "NULL AS ") .. it.name
  end
  local text, params = table.concat(parts, ", ") .. FROM, { first, last, ctx.tenant.id }
  local id = filters.queue
  if id and id ~= "" then
    text = text .. " AND q.qu_id = ?"
    params[4] = tonumber(id) or -1
  end
  return { sql = text .. ' ORDER BY e."time", e.id', params = params }
end

--- By queue of the tenant with a call that was answered today: how long the phone rang on average.
function queuelog.ringing(ctx, id)
  local text, params = [[SELECT q.qu_id, AVG(CAST(e.data3 AS INTEGER)) AS seconds FROM qu_queues q
    JOIN queue_log e ON e.queuename = CAST(q.qu_id AS CHAR) AND e."event" = 'CONNECT' AND e."time" >= ?
    WHERE q.qu_te_id = ?]], { time.format("%Y-%m-%d 00:00:00"), ctx.tenant.id }
  if id and id ~= "" then
    text = text .. " AND q.qu_id = ?"
    params[3] = tonumber(id) or -1
  end
  return store.query(text .. " GROUP BY q.qu_id ORDER BY q.qu_id", params)
end

return queuelog
