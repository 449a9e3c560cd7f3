-- Flows: a switch that a lamp shows, with the value that each state stands for.
local ami = require "ami"
local json = require "json"
local moment = require "lib.moment"
local node = require "model.node"
local object = require "engine.object"
local numbering = require "model.numbering"
local peer = require "model.peer"
local store = require "store"

-- Device state -> column that holds the value which goes with it.
local VALUES = {
  UNAVAILABLE = "fl_value_for_unavailable", INUSE = "fl_value_for_inuse",
  NOT_INUSE = "fl_value_for_notinuse", RINGING = "fl_value_for_ringing",
}

local function state_name(row, tenant) return peer.name(row.fl_number, tenant.code) end

local function has_number(row) return row.fl_number ~= nil and row.fl_number ~= "" end

local function normalize(_, fields)
  local state = fields.st_state or fields.state or fields.status
  fields.state, fields.status, fields.st_state = nil, nil, nil
  if state == nil or state == json.null then return true end
  state = tostring(state):upper()
  if not VALUES[state] then
    return nil, { code = "invalid", reason = "invalid_field", field = "state",
      message = "state: must be INUSE, NOT_INUSE, UNAVAILABLE or RINGING" }
  end
  fields.wanted_state = state
  return true
end

-- The value follows the state, as with SETFLOW, unless the body sets one. A flow that gets another
-- number takes its state along.
local function value_follows(tx, change)
  local wanted = change.fields and change.fields.wanted_state
  change.touched = wanted ~= nil
  local before, number = change.before, change.values.fl_number
  if before and number ~= nil and not wanted and has_number(before) then
    local kept, err = tx:value("SELECT st_state FROM st_states WHERE st_extension = ?",
      { state_name(before, change.tenant) })
    if err then return nil, err end
    change.fields.wanted_state = VALUES[kept or ""] and kept or nil
  end
  if not wanted or change.values.fl_value ~= nil then return true end
  local value = change.values[VALUES[wanted]]
  if value == nil then value = change.before and change.before[VALUES[wanted]] end
  if value ~= nil and value ~= "" then change.values.fl_value = value end
  return true
end

-- Calls and lamps go by what Asterisk knows.
local function committed(change)
  local wanted = change.fields and change.fields.wanted_state
  if not wanted or not has_number(change.row) then return true end
  local name = state_name(change.row, change.tenant)
  return ami.action("Setvar", { Variable = "DEVICE_STATE(Custom:" .. name .. ")", Value = wanted })
end

local function after(tx, change)
  local row = change.row
  if change.action == "delete" then
    if not has_number(row) then return true end
    return tx:exec("DELETE FROM st_states WHERE st_extension = ?", { state_name(row, change.tenant) })
  end
  local before = change.before
  if before and has_number(before) and before.fl_number ~= row.fl_number then
    local done, err = tx:exec("DELETE FROM st_states WHERE st_extension = ?",
      { state_name(before, change.tenant) })
    if not done then return nil, err end
  end
  local wanted = change.fields.wanted_state
  if not wanted or not has_number(row) then return true end
  local name = state_name(row, change.tenant)
  local done, err = tx:exec("DELETE FROM st_states WHERE st_extension = ?", { name })
  if not done then return nil, err end
  return tx:exec("INSERT INTO st_states (st_extension, st_state, st_timestamp, st_peername) "
    .. "VALUES (?, ?, ?, ?)", { name, wanted, moment.now(), "Custom:" .. name })
end

local flow = object {
  name = "flow", summary = "A switch that a lamp shows.",
  table = "fl_flows", id = "fl_id", tenant = "fl_te_id", label = "fl_name",
  unfollowed = require("model.unfollowed").fl_flows,
  required = { "fl_name" },
  example = { name = "Night", number = "60", state = "INUSE" },
  unique = "fl_number",
  columns = { fl_number = { pattern = "[%w*#_.+-]*", max = 40 } },
  aliases = {
    name = "fl_name", comment = "fl_comment", number = "fl_number", value = "fl_value",
    variable_name = "fl_variable_name", monitor_type = "fl_monitor_type",
    monitor_type_id = "fl_monitor_type_id",
  },
  tags = { "FLOW" },
  destinations = { FLOW = { "destination", "flow" } },
  body = { state = { type = "string", enum = { "INUSE", "NOT_INUSE", "RINGING", "UNAVAILABLE" } } },
  normalize = normalize, before = value_follows, after = after, committed = committed,
  shown = { related = { state = "row" } },
  related = function(_, row, add, tenant)
    if not has_number(row) then
      add:rows("state", nil, true)
      return true
    end
    return add:query("state", "SELECT st_extension, st_state, st_timestamp, st_peername "
      .. "FROM st_states WHERE st_extension = ?", { state_name(row, tenant) }, true)
  end,
}

-- A value that belongs to a state sets that state.
local function resolve(row, wanted)
  if wanted.state then return wanted.state, row[VALUES[wanted.state]] or "" end
  for state, column in pairs(VALUES) do
    if row[column] and row[column] ~= "" and row[column] == wanted.value then return state, wanted.value end
  end
  return nil, wanted.value
end

--- Switches the flow of a number: its value, its lamp and its row of states change together. `wanted`:
--- {state=} or {value=}.
function flow.switch(ctx, number, wanted)
  local row, err = flow.find(ctx, { fl_number = number })
  if not row then
    if err.code == "not_found" then err.message = "number: no flow: " .. number end
    return nil, err
  end
  local state, value = resolve(row, wanted)
  -- As for do-not-disturb: what the PBX does not hear of is not changed either.
  local away = state and node.away(true)
  if away then return nil, away end
  local done, failed, untold = flow.update(ctx, row.fl_id, { state = state, fl_value = value })
  if not done then return nil, failed end
  -- A switch whose lamp shows the other thing has not been switched for who asked.
  if untold then return nil, untold end
  return true
end

--- State word and value of a flow by id.
function flow.state(ctx, id)
  local row, err = flow.find(ctx, id)
  if not row then
    if err.code == "not_found" then err.message = "id: no flow: " .. tostring(id) end
    return nil, err
  end
  local state
  state, err = store.value("SELECT st_state FROM st_states WHERE st_extension = ?",
    { has_number(row) and state_name(row, ctx.tenant) or "" })
  if err then return nil, err end
  return { state = state or "UNKNOWN", value = row.fl_value or "" }
end

return numbering.plan(flow, "fl_number", "FLOWSWITCH")
