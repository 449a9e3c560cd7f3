-- Keeps st_states, which BLFS and the objects show, at what Asterisk says of each device.
local calls = require "calls"
local moment = require "lib.moment"
local store = require "store"
local task = require "task"

local function write(changes)
  if not next(changes) then return true end
  return store.transaction(function(tx)
    for device, state in pairs(changes) do
      -- The peer's name as well: Custom:100-DEMO is the lamp of a queue member, not the phone.
      local done, err = tx:exec("UPDATE st_states SET st_state = ?, st_timestamp = ? "
        .. "WHERE st_extension = ? AND st_peername = ? AND st_state <> ?",
        { state, moment.now(), (device:gsub("^[^/:]*[/:]", "")), device, state })
      if not done then return nil, err end
    end
    return true
  end)
end

-- What changed while no event came through.
local function compare()
  local rows, err = store.query("SELECT st_peername, st_state FROM st_states WHERE st_peername <> ''", {},
    { rows = 1000000 })
  if not rows then return nil, err end
  local changes = {}
  for row in rows:each() do
    local state = calls.device_state(row.st_peername)
    if state ~= "UNKNOWN" and state ~= row.st_state then changes[row.st_peername] = state end
  end
  return write(changes)
end

-- Events name what changed; everything is compared at start, once a minute, and when events got lost.
local function run(events, lost)
  task.scope("*") -- devices of all tenants
  if #events == 0 or lost > 0 then return compare() end
  local changes = {}
  for _, event in ipairs(events) do
    if event.Device and event.State then changes[event.Device] = event.State end
  end
  return write(changes)
end

return job { name = "states", every = 60, on = { "DeviceStateChange" }, run = run }
