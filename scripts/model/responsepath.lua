-- Results of response paths: what callers answered on their way, item by item as the dialplan wrote it.
local sql = require "engine.sql"
local store = require "store"

local responsepath = {}

-- What a result may be chosen by, and the column that must be it.
local FILTERS = { queue = "rr_queue", answer = "rr_answer", uniqueid = "rr_uniqueid" }

local function not_found(what)
  return nil, { code = "not_found", message = what .. ": no such response path result" }
end

local function conditions(ctx, which)
  local text, params = " WHERE rr_te_id = ?", { ctx.tenant.id }
  local function add(condition, value)
    text = text .. " AND " .. condition
    params[#params + 1] = value
  end
  if which.id then add("rr_re_id = ?", which.id) end
  if which.filter and which.filter ~= "" then
    local column = FILTERS[which.filter:lower()]
    if not column then
      return nil, { code = "invalid", field = "filter", message = "filter: must be queue, answer or uniqueid" }
    end
    add(column .. " = ?", which.filterdata or "")
  end
  return text, params
end

--- The statement of the results of a path. which = {id, filter, filterdata}; `columns`: {column, label} pairs.
function responsepath.select(ctx, which, columns)
  local text, params = conditions(ctx, which)
  if not text then return nil, params end
  return { sql = "SELECT " .. sql.labelled(columns) .. " FROM rr_responseresults" .. text .. " ORDER BY rr_start, rr_id",
    params = params }
end

--- One result: the latest, or that of `rrid` (its id or the unique id of its call).
function responsepath.find(ctx, which)
  local text, params = conditions(ctx, which)
  if not text then return nil, params end
  local rrid = which.rrid
  if rrid and rrid ~= "" then
    local number = rrid:find("^%d+$") and #rrid < 16 and tonumber(rrid) or nil
    text = text .. (number and " AND rr_id = ?" or " AND rr_uniqueid = ?")
    params[#params + 1] = number or rrid
  end
  local row, err = store.row("SELECT rr_id, rr_re_id, rr_uniqueid, rr_start, rr_caller, rr_queue, rr_answer, rr_status "
    .. "FROM rr_responseresults" .. text .. " ORDER BY rr_start DESC, rr_id DESC LIMIT 1", params)
  if err then return nil, err end
  if not row then return not_found("id") end
  return row
end

--- The items of a result in their order.
function responsepath.items(result)
  return store.query("SELECT ri_type, ri_typeid, ri_value, ri_typename, ri_valuename FROM ri_responseitems "
    .. "WHERE ri_rr_id = ? ORDER BY ri_id", { result.rr_id })
end

--- A result as a whole: {agent, over, queue, caller, recording (id, or nil), variables = {{name, value}}}. It is over
--- when the caller has left the path.
function responsepath.summary(ctx, result)
  local items, err = responsepath.items(result)
  if not items then return nil, err end
  local found = { agent = "", queue = "", caller = result.rr_caller or "", over = false, variables = {} }
  for it in items:each() do
    if it.ri_type == "HANGUP" then found.over = true
    elseif it.ri_type == "ANSWER" then found.agent = it.ri_value or ""
    elseif it.ri_type == "CALLERID" then found.caller = it.ri_value or ""
    elseif it.ri_type == "VARIABLE" then
      local name = (it.ri_typename or "") ~= "" and it.ri_typename or "Variable" .. (it.ri_typeid or "")
      found.variables[#found.variables + 1] = { name, it.ri_value or "" }
    elseif it.ri_type == "QUEUE" then
      found.queue, err = store.value("SELECT qu_name FROM qu_queues WHERE qu_id = ? AND qu_te_id = ?",
        { tonumber(it.ri_typeid) or -1, ctx.tenant.id })
      if err then return nil, err end
      found.queue = found.queue or it.ri_typename or ""
    end
  end
  found.recording, err = store.value("SELECT rm_id FROM rm_recordingmetadatas WHERE rm_uniqueid = ? AND rm_te_id = ? "
    .. "ORDER BY rm_id LIMIT 1", { result.rr_uniqueid or "", ctx.tenant.id })
  if err then return nil, err end
  return found
end

return responsepath
