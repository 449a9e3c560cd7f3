-- Flows: a switch that a lamp shows, with the value that each state stands for.
local ami = require "ami"
local change_log = require "engine.log"
local json = require "json"
local log = require "log"
local object = require "engine.object"

-- Device state -> column that holds the value which goes with it.
local VALUES = {
  UNAVAILABLE = "fl_value_for_unavailable", INUSE = "fl_value_for_inuse",
  NOT_INUSE = "fl_value_for_notinuse", RINGING = "fl_value_for_ringing",
}

local function state_name(row, tenant) return row.fl_number .. "-" .. tenant.code end

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
  if not wanted or not has_number(change.row) then return end
  local name = state_name(change.row, change.tenant)
  local _, err = ami.action("Setvar",
    { Variable = "DEVICE_STATE(Custom:" .. name .. ")", Value = wanted })
  if err then log.info("the lamp of a flow was not set", { flow = name, error = err.message }) end
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
    .. "VALUES (?, ?, ?, ?)", { name, wanted, change_log.now(), "Custom:" .. name })
end

return object {
  name = "flow", summary = "A switch that a lamp shows.",
  table = "fl_flows", id = "fl_id", tenant = "fl_te_id", label = "fl_name",
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
  related = function(_, row, add, tenant)
    if not has_number(row) then
      add.raw("state", "false")
      return true
    end
    return add.query("state", "SELECT st_extension, st_state, st_timestamp, st_peername "
      .. "FROM st_states WHERE st_extension = ?", { state_name(row, tenant) }, true)
  end,
}
