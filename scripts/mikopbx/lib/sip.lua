-- States of phones and trunks as both MikoPBX APIs show them.
local calls = require "calls"
local contacts = require "model.contact"
local extension = require "model.extension"
local json = require "json"
local node = require "model.node"
local peers = require "model.peer"
local registration = require "model.registration"
local store = require "store"

local sip = {}

local REACHED = { NOT_INUSE = true, INUSE = true, BUSY = true, RINGING = true, RINGINUSE = true,
  ONHOLD = true }
local WORDS = {
  NOT_INUSE = "Not in use", INUSE = "In use", BUSY = "Busy", RINGING = "Ringing",
  RINGINUSE = "Ring+Inuse", ONHOLD = "On Hold", UNAVAILABLE = "Unavailable",
  INVALID = "Invalid", UNKNOWN = "Unknown",
}

local function rtt(it)
  if it.rtt_us then return math.floor(it.rtt_us / 10 + 0.5) / 100 end
  return json.null
end

local function device(it)
  return {
    ip = it.ip or "", port = it.port or 0, user_agent = it.user_agent or "", rtt = rtt(it),
    country = "", countryName = "",
  }
end

-- Contacts of one phone, gathered: a phone may be registered more than once.
local function phones(ctx, number)
  -- What the store remembers of a phone is no state of it.
  local away = node.away(true)
  if away then return nil, away end
  local list, err = registration.list(ctx, number)
  if not list then return nil, err end
  local live, order, by_number = {}, {}, {}
  for _, it in ipairs(calls.contacts()) do
    live[it.endpoint] = live[it.endpoint] or {}
    table.insert(live[it.endpoint], it)
  end
  for _, it in ipairs(list) do
    local phone = by_number[it.number]
    if not phone then
      phone = { number = it.number, contacts = {} }
      by_number[it.number] = phone
      order[#order + 1] = phone
    end
    -- A desk phone and a closed laptop are two devices of one number.
    local several = live[peers.name(it.number, ctx.tenant.code)]
    if several and #several > 1 then phone.contacts = several
    elseif it.registered then phone.contacts[#phone.contacts + 1] = it end
  end
  return order
end

local function names(ctx)
  local rows, err = extension.rows(ctx, { columns = { "ex_number", "ex_name" } })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do found[row.ex_number] = row.ex_name or "" end
  return found
end

local function state_of(phone)
  if #phone.contacts == 0 then return "Unavailable" end
  local state = "Unknown"
  for _, it in ipairs(phone.contacts) do
    local word = contacts.there(it.status) and "Available"
      or contacts.state(it.status) == "unreachable" and "Unavailable" or "Unknown"
    if word == "Available" then return word end
    if word == "Unavailable" then state = word end
  end
  return state
end

local function status(phone, name, simplified)
  local state = state_of(phone)
  if simplified then return { extension = phone.number, status = state } end
  local devices, first = json.array({}), json.null
  for i, it in ipairs(phone.contacts) do
    devices[i] = device(it)
    if first == json.null and contacts.there(it.status) then first = rtt(it) end
  end
  return { extension = phone.number, callerid = name or "", status = state, devices = devices, rtt = first }
end

--- Statuses by extension, or of one extension (nil when unknown).
function sip.statuses(ctx, number, simplified)
  local list, err = phones(ctx, number)
  if not list then return nil, err end
  local named
  named, err = names(ctx)
  if not named then return nil, err end
  local found = {}
  for _, phone in ipairs(list) do
    found[phone.number] = status(phone, named[phone.number], simplified)
  end
  return found
end

--- One row per phone: OK when its device can be rung.
function sip.peers(ctx, detailed)
  local list, err = phones(ctx, nil)
  if not list then return nil, err end
  local out = json.array({})
  for i, phone in ipairs(list) do
    local word = calls.device_state("PJSIP/" .. peers.name(phone.number, ctx.tenant.code))
    out[i] = json.ordered("id", phone.number, "state", REACHED[word] and "OK" or "UNKNOWN",
      "detailed-state", detailed and (WORDS[word] or word) or nil)
  end
  return out
end

--- Trunks with the state of their registration, in capitals.
function sip.registry(ctx)
  if not ctx.key.global then return json.array({}) end
  local rows, err = store.query([[
    SELECT pr_peername, pr_name, pr_host, pr_disabled, mp_uniqid, mp_registration_type,
      username FROM pr_providers
    LEFT JOIN mk_providers ON mp_pr_id = pr_id
    LEFT JOIN ps_auths ON ps_auths.id = pr_peername ORDER BY pr_id]])
  if not rows then return nil, err end
  local registered, reachable = {}, {}
  for _, it in ipairs(calls.registrations()) do registered[it.id] = it.state end
  for _, it in ipairs(calls.contacts()) do reachable[it.endpoint] = it.status end
  -- What was last seen is no state of a trunk that nobody can ask.
  local away = node.away(true) ~= nil
  local out = json.array({})
  for row in rows:each() do
    local peer = row.pr_peername or ""
    local state = registered[peer] or registered["REG-" .. peer]
    if row.pr_disabled == "on" then state = "OFF"
    elseif away then state = "UNKNOWN"
    elseif state then state = state:upper()
    elseif row.mp_registration_type == "inbound" then
      state = reachable[peer] and "REGISTERED" or "UNREGISTERED"
    else
      state = contacts.there(reachable[peer]) and "OK" or "UNKNOWN"
    end
    out[#out + 1] = json.ordered("id", row.mp_uniqid or peer, "state", state,
      "host", row.pr_host or "", "username", row.username or "")
  end
  return out
end

--- Password of a phone; "" when there is no such extension, as the original answers.
function sip.secret(ctx, number)
  if not ctx.secrets then
    return nil, {
      code = "denied",
      message = "Access denied. You do not have permission to access this resource.",
    }
  end
  local row, err = extension.by_number(ctx, number)
  if not row and err.code ~= "not_found" then return nil, err end
  return { number = number, secret = row and row.password or "", username = row and row.username or "" }
end

return sip
