-- What AI destinations did: who called, how long, how many tokens.
local cdr = require "model.cdr"
local config = require "config"
local sql = require "engine.sql"
local store = require "store"

local ailog = {}

-- A cell as lib.value writes it, in SQL: a number is no formula, with its plus neither.
local CELL = "CASE WHEN substr(%s, 1, 1) IN ('=', '@') OR substr(%s, 1, 1) IN ('+', '-') AND substr(%s, 2) <> "
  .. "CAST(CAST(substr(%s, 2) AS INTEGER) AS CHAR(30)) THEN '''' || %s ELSE %s END"

local function text_column(column, sheet)
  return sheet and CELL:gsub("%%s", column) or column
end

local COLUMNS = "l.ai_id, l.ai_te_id, l.ai_cu_id, %s AS cu_name, l.ai_uniqueid, %s AS ai_callerid, l.ai_start, "
  .. "l.ai_end, l.ai_duration, l.ai_talk, l.ai_total_tokens, l.ai_input_tokens, l.ai_output_tokens"

--- The columns of a row, in order.
ailog.columns = {
  "ai_id", "ai_te_id", "ai_cu_id", "cu_name", "ai_uniqueid", "ai_callerid", "ai_start", "ai_end", "ai_duration",
  "ai_talk", "ai_total_tokens", "ai_input_tokens", "ai_output_tokens",
}

local FILTERS = { id = "ai_id", uniqueid = "ai_uniqueid", callerid = "ai_callerid", customid = "ai_cu_id" }

local function words(text)
  local list = {}
  for word in tostring(text):gmatch("[^,%s]+") do list[#list + 1] = word end
  return list
end

--- The statement for filters: start, end, id, uniqueid, callerid, customid, limit, offset. `sheet`: somebody opens it.
function ailog.select(ctx, filters, sheet)
  local where, params = { "1 = 1" }, {}
  if ctx.tenant then
    where[2], params[1] = "l.ai_te_id = ?", ctx.tenant.id
  end
  local chosen = {}
  for name, column in pairs(FILTERS) do
    if filters[name] and filters[name] ~= "" then chosen[column] = words(filters[name]) end
  end
  if not chosen.ai_id and not chosen.ai_uniqueid then
    local start, finish = cdr.span(filters)
    if not start then return nil, finish end
    where[#where + 1] = "l.ai_start >= ? AND l.ai_start <= ?"
    params[#params + 1] = start
    params[#params + 1] = finish
  end
  where[#where + 1] = sql.where(chosen, params, "l.")
  local columns = COLUMNS:format(text_column("c.cu_name", sheet), text_column("l.ai_callerid", sheet))
  local text = "SELECT " .. columns .. " FROM ai_ailogs l LEFT JOIN cu_customs c ON c.cu_id = l.ai_cu_id WHERE " .. table.concat(where, " AND ") .. " ORDER BY l.ai_start, l.ai_id"
  if filters.limit then text = text .. (" LIMIT %d OFFSET %d"):format(filters.limit, filters.offset or 0) end
  return { sql = text, params = params }
end

function ailog.stream(ctx, filters, options)
  local selected, err = ailog.select(ctx, filters, options.format == "csv" and config.get("csv.defuse", true))
  if not selected then return nil, err end
  return store.stream(selected.sql, selected.params, options)
end

return ailog
