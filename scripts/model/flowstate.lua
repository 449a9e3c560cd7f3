-- Switching a flow: its value, its lamp and its row of states change together.
local ami = require "ami"
local change_log = require "engine.log"
local store = require "store"
local time = require "time"

local flowstate = {}

-- Device state -> column that holds the value which goes with it.
local VALUES = {
  UNAVAILABLE = "fl_value_for_unavailable", INUSE = "fl_value_for_inuse",
  NOT_INUSE = "fl_value_for_notinuse", RINGING = "fl_value_for_ringing",
}

local function resolve(flow, wanted)
  if wanted.state then return wanted.state, flow[VALUES[wanted.state]] or "" end
  for state, column in pairs(VALUES) do
    if flow[column] and flow[column] ~= "" and flow[column] == wanted.value then
      return state, wanted.value
    end
  end
  return nil, wanted.value
end

local function save(ctx, flow, name, state, value)
  return store.transaction(function(tx)
    local done, err = tx:exec("UPDATE fl_flows SET fl_value = ? WHERE fl_id = ?",
      { value, flow.fl_id })
    if not done then return nil, err end
    if state then
      done, err = tx:exec("DELETE FROM st_states WHERE st_extension = ?", { name })
      if not done then return nil, err end
      done, err = tx:exec([[INSERT INTO st_states
        (st_extension, st_state, st_timestamp, st_peername) VALUES (?, ?, ?, ?)]],
        { name, state, time.format("%Y-%m-%d %H:%M:%S"), "Custom:" .. name })
      if not done then return nil, err end
    end
    done, err = change_log.write(tx, ctx, {
      object = "flow", id = flow.fl_id, action = "update", tenant_id = ctx.tenant.id,
    })
    if not done then return nil, err end
    return true
  end)
end

--- `wanted`: {state=} or {value=}; a value that belongs to a state sets that state.
function flowstate.set(ctx, number, wanted)
  local flow, err = store.row("SELECT * FROM fl_flows WHERE fl_te_id = ? AND fl_number = ?",
    { ctx.tenant.id, number })
  if err then return nil, err end
  if not flow then return nil, { code = "not_found", message = "number: no flow: " .. number } end
  local name = number .. "-" .. ctx.tenant.code
  local state, value = resolve(flow, wanted)
  local done
  done, err = save(ctx, flow, name, state, value)
  if not done then return nil, err end
  if not state then return true end
  local reply
  reply, err = ami.action("Setvar",
    { Variable = "DEVICE_STATE(Custom:" .. name .. ")", Value = state })
  if not reply then return nil, err end
  return true
end

--- State word and value of a flow by id.
function flowstate.get(ctx, id)
  local row, err = store.row([[SELECT fl_value, st_state FROM fl_flows
    LEFT JOIN st_states ON st_extension = fl_number || '-' || ?
    WHERE fl_id = ? AND fl_te_id = ?]], { ctx.tenant.code, id, ctx.tenant.id })
  if err then return nil, err end
  if not row then
    return nil, { code = "not_found", message = "id: no flow: " .. tostring(id) }
  end
  return { state = row.st_state or "UNKNOWN", value = row.fl_value or "" }
end

return flowstate
