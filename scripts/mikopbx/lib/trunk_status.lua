-- What the trunks of MikoPBX are doing: registrations and contacts as one word each.
local calls = require "calls"
local contacts = require "model.contact"
local json = require "json"
local node = require "model.node"
local registration = require "model.registration"
local time = require "time"

local trunk_status = {}

-- Slower answers than this many milliseconds are shown yellow.
local SLOW = 100

local function contact_of(it)
  local live = calls.contacts(it.peer)[1]
  if live or it.registration_type ~= "inbound" then return live end
  return registration.stored(it.peer)
end

local function registration_of(it)
  for _, found in ipairs(calls.registrations()) do
    if found.id == it.peer or found.id == "REG-" .. it.peer then return found end
  end
end

--- State word of a trunk, and its contact.
function trunk_status.state(it)
  if it.disabled then return "OFF" end
  -- What was last seen is no state of a trunk that nobody can ask.
  if node.away(true) then return "UNKNOWN" end
  local contact = contact_of(it)
  if it.registration_type == "outbound" then
    local found = registration_of(it)
    return found and found.state:lower() or "UNKNOWN", contact
  end
  if it.registration_type == "inbound" then
    return contact and "REGISTERED" or "UNREGISTERED", contact
  end
  if contact and contact.status == "Unreachable" then return "unreachable", contact end
  return contact and contacts.there(contact.status) and "OK" or "UNKNOWN", contact
end

local function color(state, rtt)
  if state == "OK" or state:lower() == "registered" then
    return rtt and rtt > SLOW and "yellow" or "green"
  end
  return "grey"
end

--- The status object of `:getStatuses`.
function trunk_status.of(it)
  local state, contact = trunk_status.state(it)
  local rtt = contact and contact.rtt_us and math.floor(contact.rtt_us / 1000 + 0.5)
  return {
    id = it.id, type = "sip", state = state, stateText = state:sub(1, 1):upper() .. state:sub(2),
    stateColor = color(state, rtt), stateDescription = "pr_ProviderState" .. state,
    host = it.host, username = it.username, description = it.description,
    lastUpdate = math.floor(time.now()), rtt = rtt or json.null,
    contactStatus = contact and contact.status or "",
  }
end

return trunk_status
