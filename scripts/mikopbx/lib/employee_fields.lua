-- What an employee may hold, and what is refused with which key of the original.
local attributes = require "mikopbx.lib.attributes"
local fields = require "mikopbx.lib.fields"

local employee = {}

-- Transports as MikoPBX words them; the first is what it gives when nothing is asked.
local TRANSPORTS = { "udp", "tcp", "tls", "udp,tcp" }
local DTMF = { "auto", "auto_info", "inband", "rfc4733", "info" }
local DEFAULT_PASSWORDS = {
  admin = true, password = true, ["1234"] = true, ["12345"] = true, secret = true,
}
-- Asterisk keeps 80 characters of a password; the page promises 100.
local MIN_SECRET, MAX_SECRET = 5, 80

employee.RULES = {
  user_username = { max = 100 },
  number = { digits = true, max = 8 },
  sip_secret = { max = 100 },
  user_email = { max = 255, default = "" },
  user_avatar = { max = 1048576, default = "", lines = true },
  mobile_number = { max = 50, default = "" },
  mobile_dialstring = { max = 255 },
  sip_dtmfmode = { enum = DTMF, default = "auto" },
  sip_transport = { enum = TRANSPORTS, default = "udp" },
  sip_enableRecording = { type = "boolean", default = true },
  sip_networkfilterid = { max = 20, default = "none" },
  sip_manualattributes = { max = 1024, default = "", lines = true },
  fwd_ringlength = { type = "integer", min = 0, most = 180, default = 45, empty = 0 },
  fwd_forwarding = { max = 20, default = "" },
  fwd_forwardingonbusy = { max = 20, default = "" },
  fwd_forwardingonunavailable = { max = 20, default = "" },
}

-- The forwards, which go nowhere but elsewhere.
local FORWARDS = { "fwd_forwarding", "fwd_forwardingonbusy", "fwd_forwardingonunavailable" }

--- A refusal. The base document promises 400 for bad fields of an employee, not the 422 of other resources.
function employee.bad(list, by_field)
  return nil, {
    code = "invalid", status = 400, message = list[1] or "validation failed",
    messages = list, fields = by_field,
  }
end

local function password_problem(text)
  if #text < MIN_SECRET then return "psw_PasswordTooShort" end
  if #text > MAX_SECRET then return "psw_PasswordTooLong" end
  if DEFAULT_PASSWORDS[text:lower()] then return "psw_PasswordIsDefault" end
end

-- "did2user" goes by the DID of a call, which a phone's forward does not know here.
local function is_forward(text)
  return text == "" or text == "hangup" or text == "busy" or text == "voicemail"
    or text:match("^%+?%d+$") ~= nil
end

-- "+7 (900) 123-45-67" is how people write it.
local function mobile_of(text)
  if not text:match("^%+?[%d%s().-]+$") then return text end
  if text:match("^%+?%d+$") then return text end
  return (text:gsub("%D", ""))
end

local function missing(values)
  local found
  local function need(name, key)
    if (values[name] or "") == "" then
      found = found or {}
      found[name] = key
    end
  end
  need("user_username", "ex_ValidateUsernameEmpty")
  need("number", "ex_ValidateNumberIsEmpty")
  need("sip_secret", "ex_ValidateSecretEmpty")
  return found
end

--- The field that forwards to the own number, which a change need not name.
function employee.forwards_to(values, number)
  for _, name in ipairs(FORWARDS) do
    if (values[name] or "") ~= "" and values[name] == number then return name end
  end
end

local function problems_of(values)
  local found = {}
  local function add(text) found[#found + 1] = text end
  if values.number and (#values.number < 2 or #values.number > 8) then
    add("ex_ValidateExtensionNumber: the number must have 2 to 8 digits")
  end
  if values.sip_secret and values.sip_secret ~= "" then
    local weak = password_problem(values.sip_secret)
    if weak then add(weak .. ": ex_ValidateSecretWeak") end
  end
  local email = values.user_email
  if email and email ~= "" and not email:match("^[^@%s]+@[^@%s.]+%.[^@%s]*[^@%s.]$") then
    add("ex_ValidateEmailEmpty: not an e-mail address")
  end
  local mobile = values.mobile_number
  if mobile and mobile ~= "" and not (mobile:match("^%+?[1-9]%d+$") and #mobile:gsub("%+", "") <= 15) then
    add("ex_ValidateMobileIsNotCorrect: not a phone number")
  end
  if values.sip_networkfilterid and values.sip_networkfilterid ~= "none" and not values.sip_networkfilterid:match("^%d+$") then
    add("sip_networkfilterid: no such network filter: " .. values.sip_networkfilterid)
  end
  local _, wrong = attributes.read(values.sip_manualattributes)
  if wrong then add("sip_manualattributes: " .. wrong) end
  for _, name in ipairs(FORWARDS) do
    local target = values[name]
    if target and not is_forward(target) then
      add(name .. ": not a forwarding target")
    end
  end
  local own = employee.forwards_to(values, values.number)
  if own then add("ex_ValidateForwardingToBeDifferent: " .. own) end
  if (values.fwd_forwarding or "") ~= "" and values.fwd_ringlength
      and values.fwd_ringlength < 3 then
    add("ex_ValidateRingingBeforeForwardOutOfRange: 3-180 seconds")
  end
  return found
end

--- Cleaned fields. `kind`: create, update or patch.
function employee.check(values, kind)
  local cleaned, err = fields.clean(employee.RULES, values, kind == "create")
  if not cleaned then return employee.bad(err.messages) end
  if cleaned.mobile_number then cleaned.mobile_number = mobile_of(cleaned.mobile_number) end
  if cleaned.sip_networkfilterid == "" then cleaned.sip_networkfilterid = "none" end
  if kind == "create" then
    local absent = missing(cleaned)
    if absent then return employee.bad({}, absent) end
    if not cleaned.mobile_dialstring or cleaned.mobile_dialstring == "" then
      cleaned.mobile_dialstring = cleaned.mobile_number
    end
  elseif kind == "update" then
    cleaned.sip_secret = cleaned.sip_secret ~= "" and cleaned.sip_secret or nil
    local absent = missing({
      user_username = cleaned.user_username, number = cleaned.number, sip_secret = "kept",
    })
    if absent then return employee.bad({}, absent) end
  else
    -- Who has a name keeps one. An empty secret means "as it was".
    if cleaned.user_username == "" then return employee.bad({}, { user_username = "ex_ValidateUsernameEmpty" }) end
    if cleaned.sip_secret == "" then cleaned.sip_secret = nil end
    if cleaned.mobile_number == "" then cleaned.mobile_dialstring = "" end
    if cleaned.fwd_forwarding == "" then cleaned.fwd_ringlength = 0
    elseif cleaned.fwd_forwarding and not cleaned.fwd_ringlength then
      cleaned.fwd_ringlength = 45
    end
  end
  local found = problems_of(cleaned)
  if #found > 0 then return employee.bad(found) end
  return cleaned
end

return employee
