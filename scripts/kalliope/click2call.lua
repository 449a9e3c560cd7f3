-- /click2call: ring an extension, then the number it wants to talk to.
local call = require "model.call"
local extension = require "model.extension"
local kalliope = require "kalliope.lib.answer"
local shapes = require "kalliope.lib.shapes"
local xml = require "xml"

local CODES = {
  [10] = "Error", [11] = "Missing extension tag", [12] = "Missing number to call tag",
}
-- This family's own name for the outcome.
local OUTCOME = "error_code"

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

function click2call.dial(req)
  local it = req.document and xml.child(req.document, "click2call")
  local source = kalliope.given(it, "exten")
  if not source then return refused(11) end
  local dest = kalliope.given(it, "number_to_call")
  if not dest then return refused(12) end
  local kind = kalliope.given(it, "type") or "auto"
  if kind ~= "auto" and kind ~= "exten" and kind ~= "out" then return refused(10, "type") end
  local found, err = extension.by_number(req.ctx, source)
  if not found then
    if err.code ~= "not_found" then return nil, err end
    return refused(10, "no such extension")
  end
  if kind == "exten" then
    found, err = extension.by_number(req.ctx, dest)
    if not found then
      if err.code ~= "not_found" then return nil, err end
      return refused(10, "no such extension to call")
    end
  end
  local queued
  queued, err = call.dial(req.ctx, { source = source, dest = dest })
  if not queued then
    if err.code == "internal" then return nil, err end
    return refused(10, err.message)
  end
  return kalliope.success("click2call", OUTCOME)
end

return click2call
