-- What Asterisk remembers of a phone by its name, in no table of ours: do-not-disturb, lamps, and where it
-- is registered. A phone that goes, or gets another number, must leave none of it to the next one.
local ami = require "ami"
local calls = require "calls"
local node = require "model.node"

local presence = {}

-- Lit lamps; others need no word.
local DARK = { NOT_INUSE = true, UNKNOWN = true, INVALID = true, UNAVAILABLE = true }

local function lit(name)
  local state = calls.device_state("Custom:" .. name)
  return state ~= nil and state ~= "" and not DARK[state]
end

local function lamp(name, state)
  return ami.action("Setvar", { Variable = "DEVICE_STATE(Custom:" .. name .. ")", Value = state })
end

--- Sets do-not-disturb as the dialplan asks for it, and its lamp.
function presence.disturb(peer, on)
  local reply, err
  if on then
    reply, err = ami.action("DBPut", { Family = "DND", Key = peer, Val = "on" })
  else
    reply, err = ami.action("DBDel", { Family = "DND", Key = peer })
    -- A key that is not there is as good as deleted.
    if not reply and err.code == "refused" then reply = {} end
  end
  if not reply then return nil, err end
  return lamp("DND" .. peer, on and "BUSY" or "NOT_INUSE")
end

--- Clears all of it. `disturbed`: our row says that do-not-disturb is on.
function presence.forget(peer, disturbed)
  local ok, err = true, nil
  if disturbed or lit("DND" .. peer) then ok, err = presence.disturb(peer, false) end
  if ok and lit(peer) then ok, err = lamp(peer, "NOT_INUSE") end
  if ok and #calls.contacts(peer) > 0 then ok, err = node.look_again(peer) end
  return ok, err
end

return presence
