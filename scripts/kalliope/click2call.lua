-- /click2call: ring an extension, then the number it wants to talk to.
local call = require "model.call"
local dialled = require "model.dialled"
local kalliope = require "kalliope.lib.answer"
local registration = require "model.registration"
local shapes = require "kalliope.lib.shapes"
local xml = require "xml"

local CODES = {
  [10] = "Error", [11] = "Missing extension tag", [12] = "Missing number to call tag",
}
-- This family's own name for the outcome.
local OUTCOME = "error_code"
-- Seconds that the phone rings; the answer waits for it.
local RINGS = 20
local PHONES = { PJSIP = true, SIP = true }

local click2call = route {
  family = "click2call",
  summary = "Call an extension and connect it to a number.",
  actions = {
    dial = {
      access = "write", verb = "POST /click2call", result = shapes.outcome("click2call", OUTCOME),
      body = { click2call = shapes.body("exten number_to_call", { type = { type = "string", enum = { "auto", "exten", "out" } } }) },
    },
  },
}

local function refused(code, detail)
  local message = CODES[code]
  if detail then message = message .. ": " .. detail end
  return kalliope.outcome("click2call", code, message, OUTCOME)
end

-- The phone that is rung first must be there; what rings elsewhere shows when it is called.
local function reachable(ctx, source)
  local found, err = registration.list(ctx, source)
  if not found then
    if err.code == "not_found" then return false, "no such extension" end
    return nil, err
  end
  local it = found[1]
  if not it then return false, "no such extension" end
  if PHONES[it.tech] and not it.registered then return false, "the phone is not registered" end
  return true
end

function click2call.dial(req)
  local it = req.document and xml.child(req.document, "click2call")
  local source = kalliope.given(it, "exten")
  if not source then return refused(11) end
  local dest = kalliope.given(it, "number_to_call")
  if not dest then return refused(12) end
  local kind = kalliope.given(it, "type") or "auto"
  if kind ~= "auto" and kind ~= "exten" and kind ~= "out" then return refused(10, "type") end
  local fine, why = reachable(req.ctx, source)
  if fine == nil then return nil, why end
  if not fine then return refused(10, why) end
  if kind == "exten" then
    local there, err = dialled.inside(req.ctx, dest)
    if err then return nil, err end
    if not there then return refused(10, "no such extension to call") end
  end
  local placed, err = call.dial(req.ctx, { source = source, dest = dest, outside = kind == "out" and "yes" or nil,
    dialtimeout = RINGS })
  if not placed then
    if err.code == "internal" then return nil, err end
    return refused(10, err.message)
  end
  if not call.answered(placed, RINGS) then return refused(10, "the phone did not answer") end
  return kalliope.success("click2call", OUTCOME)
end

return click2call
