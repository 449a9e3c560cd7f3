-- An employee as the older API has it: one record of extension, person, phone and mobile.
local checks = require "mikopbx.lib.employee_fields"
local employee = require "mikopbx.lib.employee"
local extension = require "model.extension"
local fields = require "mikopbx.lib.fields"
local shapes = require "mikopbx.lib.shapes"
local template = require "mikopbx.lib.employee_template"

local record = {}

-- What is the same for everybody here; other values are refused.
local FIXED = {
  type = "SIP", show_in_phonebook = "1", is_general_user_number = "1", public_access = "0", sip_type = "peer",
  sip_qualify = "1", sip_qualifyfreq = "60",
}
local SAME = [[number user_username user_email user_avatar mobile_number mobile_dialstring sip_secret sip_dtmfmode sip_transport
  sip_networkfilterid sip_manualattributes fwd_forwarding fwd_forwardingonbusy fwd_forwardingonunavailable]]
local FORWARDS = { "fwd_forwarding", "fwd_forwardingonbusy", "fwd_forwardingonunavailable" }
-- Nobody has these of their own: the original's names of rows beside the extension.
local NAMES = { sip_uniqid = "SIP-PHONE-%08X", mobile_uniqid = "EXTERNAL-%08X" }

record.SHAPE = shapes.record(shapes.members("id user_id type show_in_phonebook is_general_user_number public_access sip_type "
  .. "sip_qualify sip_enableRecording sip_uniqid mobile_uniqid " .. SAME:gsub("%s+", " "), "text",
  { sip_qualifyfreq = "whole", fwd_ringlength = "whole" }))

--- What is saved: the fields of an employee, and what they are called here.
record.BODY = fields.declared(checks.RULES)
record.BODY.sip_enableRecording = { enum = { "1", "0" }, document = { default = "1" } }
record.BODY.user_id = { max = 20, summary = "who is changed; without it one is made" }

local function of(detail)
  local id = tonumber(detail.id)
  local it = { id = detail.id, user_id = detail.id, fwd_ringlength = detail.fwd_ringlength,
    sip_enableRecording = detail.sip_enableRecording and "1" or "0" }
  for name in SAME:gmatch("%S+") do it[name] = detail[name] end
  for name, value in pairs(FIXED) do it[name] = value end
  for name, text in pairs(NAMES) do it[name] = id and text:format(id) or "" end
  it.sip_qualifyfreq = tonumber(FIXED.sip_qualifyfreq)
  return it
end

local function row_of(ctx, id)
  local row, err = extension.find(ctx, tonumber(id) or 0)
  if row or err.code ~= "not_found" then return row, err end
  return nil, { code = "invalid", reason = "unknown_id", message = ("Extension with id %s does not exist"):format(tostring(id):sub(1, 20)) }
end

local function shown(ctx, row)
  local detail, err = employee.detail(ctx, row)
  return detail and of(detail), err
end

--- The record of an id; one to fill in where there is none.
function record.get(ctx, id)
  local row, err = row_of(ctx, id)
  if row then return shown(ctx, row) end
  if err.reason ~= "unknown_id" then return nil, err end
  local detail
  detail, err = template.detail(ctx)
  return detail and of(detail), err
end

-- What the original fills in by itself, and its words for "none".
local function values_of(ctx, sent, creating)
  local values = {}
  for name, value in pairs(sent) do values[name] = value end
  for name, value in pairs(FIXED) do
    if values[name] ~= nil and values[name] ~= "" and tostring(values[name]) ~= value then
      return checks.bad({ ("%s: is always %s here"):format(name, value) })
    end
  end
  for _, name in ipairs(FORWARDS) do
    if tostring(values[name]) == "-1" then values[name] = "" end
  end
  for _, name in ipairs({ "sip_transport", "sip_dtmfmode" }) do
    if values[name] == "" then values[name] = nil end
  end
  if not creating then return values end
  if (values.sip_secret or "") == "" then values.sip_secret = template.secret() end
  if (values.number or "") == "" then
    local err
    values.number, err = employee.next_number(ctx)
    if err then return nil, err end
  end
  return values
end

--- Makes an employee, or changes the one whose `user_id` (or `id`) is given.
function record.save(ctx, sent)
  local id = sent.user_id
  if id == nil or id == "" then id = sent.id end
  local creating = id == nil or id == ""
  local values, err = values_of(ctx, sent, creating)
  if not values then return nil, err end
  values, err = checks.check(values, creating and "create" or "patch")
  if not values then return nil, err end
  local row
  if creating then
    row, err = employee.create(ctx, values)
  else
    row, err = row_of(ctx, id)
    if not row then return nil, err end
    row, err = employee.update(ctx, row, values)
  end
  if not row then return nil, err end
  return shown(ctx, row)
end

--- Deletes an employee.
function record.delete(ctx, id)
  local row, err = row_of(ctx, id)
  if not row then return nil, err end
  local done
  done, err = employee.delete(ctx, row.ex_id)
  if not done then return nil, err end
  return { id = tostring(row.ex_id) }
end

return record
