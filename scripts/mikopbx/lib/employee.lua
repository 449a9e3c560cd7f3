-- An employee of MikoPBX is an extension of ours: how the two are translated.
local attributes = require "mikopbx.lib.attributes"
local change = require "engine.change"
local destination = require "engine.destination"
local extension = require "model.extension"
local fields = require "mikopbx.lib.fields"
local mikopbx = require "mikopbx.lib.envelope"
local store = require "store"
local numbering = require "mikopbx.lib.target"

local employee = {}

local AVATAR = "/admin-cabinet/assets/img/unknownPerson.jpg"
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

-- Forward -> source key of our destinations. MikoPBX rings first, so its "unconditional" is ours
-- for calls nobody answered.
local FORWARDS = {
  fwd_forwarding = "EXT-NOANSWER", fwd_forwardingonbusy = "EXT-BUSY",
  fwd_forwardingonunavailable = "EXT-OFFLINE",
}
-- sp_specials of the seeds.
local HANGUP, BUSY = 1, 2

local OWN = {
  user_avatar = "me_avatar", mobile_number = "me_mobile_number",
  mobile_dialstring = "me_mobile_dialstring", sip_networkfilterid = "me_networkfilterid",
  sip_manualattributes = "me_manualattributes", fwd_ringlength = "me_fwd_ringlength",
  sip_transport = "me_transport", fwd_forwarding = "me_fwd_forwarding",
  fwd_forwardingonbusy = "me_fwd_forwardingonbusy",
  fwd_forwardingonunavailable = "me_fwd_forwardingonunavailable",
}

---- checks

-- The base document promises 400 for bad fields of an employee, not the 422 of other resources.
local function bad(list, by_field)
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
    or text:match("^%d+$") ~= nil
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

-- `number` is the own one: a change need not name it.
local function forwards_to(values, number)
  for name in pairs(FORWARDS) do
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
  if values.sip_networkfilterid and values.sip_networkfilterid ~= "none"
      and values.sip_networkfilterid ~= "" then
    add("sip_networkfilterid: no such network filter: " .. values.sip_networkfilterid)
  end
  local _, wrong = attributes.read(values.sip_manualattributes)
  if wrong then add("sip_manualattributes: " .. wrong) end
  for name in pairs(FORWARDS) do
    local target = values[name]
    if target and not is_forward(target) then
      add(name .. ": not a forwarding target")
    end
  end
  local own = forwards_to(values, values.number)
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
  if not cleaned then return bad(err.messages) end
  if cleaned.mobile_number then cleaned.mobile_number = mobile_of(cleaned.mobile_number) end
  if cleaned.sip_networkfilterid == "" then cleaned.sip_networkfilterid = "none" end
  if kind == "create" then
    local absent = missing(cleaned)
    if absent then return bad({}, absent) end
    if not cleaned.mobile_dialstring or cleaned.mobile_dialstring == "" then
      cleaned.mobile_dialstring = cleaned.mobile_number
    end
  elseif kind == "update" then
    cleaned.sip_secret = cleaned.sip_secret ~= "" and cleaned.sip_secret or nil
    local absent = missing({
      user_username = cleaned.user_username, number = cleaned.number, sip_secret = "kept",
    })
    if absent then return bad({}, absent) end
  else
    -- An empty secret means "as it was".
    if cleaned.sip_secret == "" then cleaned.sip_secret = nil end
    if cleaned.mobile_number == "" then cleaned.mobile_dialstring = "" end
    if cleaned.fwd_forwarding == "" then cleaned.fwd_ringlength = 0
    elseif cleaned.fwd_forwarding and not cleaned.fwd_ringlength then
      cleaned.fwd_ringlength = 45
    end
  end
  local found = problems_of(cleaned)
  if #found > 0 then return bad(found) end
  return cleaned
end

---- translation to the extension

-- Tags of a forward's target; an outside number has no object, so it stays with the employee.
local function tags_of(ctx, target)
  if target == "" then return {} end
  if target == "hangup" then return { "SPECIAL-" .. HANGUP } end
  if target == "busy" then return { "SPECIAL-" .. BUSY } end
  if target == "voicemail" then return { "SAMENUMBERVM" } end
  local row, err = extension.by_number(ctx, target)
  if row then return { "EXT-" .. row.ex_id } end
  if err.code ~= "not_found" then return nil, err end
  return {}
end

-- `before` is the text of the additional SIP parameters that stood there.
local function to_extension(ctx, values, before)
  local out = {
    ex_name = values.user_username, ex_number = values.number, password = values.sip_secret,
    ex_email = values.user_email, dtmf_mode = values.sip_dtmfmode,
  }
  if values.sip_enableRecording ~= nil then
    out.ex_recording = values.sip_enableRecording and "yes" or ""
  end
  if values.sip_manualattributes then
    for name, value in pairs(attributes.change(before, values.sip_manualattributes)) do out[name] = value end
  end
  if values.fwd_ringlength then out.ex_dialtimeout = tostring(values.fwd_ringlength) end
  for name, key in pairs(FORWARDS) do
    if values[name] then
      local tags, err = tags_of(ctx, values[name])
      if not tags then return nil, err end
      out.destinations = out.destinations or {}
      out.destinations[key] = tags
    end
  end
  return out
end

-- The row that only an employee has.
local function annexes(values)
  local out = {}
  for name, column in pairs(OWN) do out[column] = values[name] end
  return { mk_employees = out }
end

---- translation from the extension

local function forward_of(row, names)
  if row.de_type_dst == "EXT" then return names[row.de_type_id_dst] or "" end
  if row.de_type_dst == "SPECIAL" then
    return row.de_type_id_dst == BUSY and "busy" or "hangup"
  end
  if row.de_type_dst == "SAMENUMBERVM" or row.de_type_dst == "VOICEMAIL" then
    return "voicemail"
  end
end

-- A destination set through another dialect counts more than what was stored here.
local function forwards(ctx, id, own)
  local found = {
    fwd_forwarding = own.me_fwd_forwarding or "",
    fwd_forwardingonbusy = own.me_fwd_forwardingonbusy or "",
    fwd_forwardingonunavailable = own.me_fwd_forwardingonunavailable or "",
  }
  local rows, err = store.query(destination.select(
    { "EXT-NOANSWER", "EXT-BUSY", "EXT-OFFLINE" }, id))
  if not rows then return nil, err end
  local ids, first = {}, {}
  for row in rows:each() do
    first[row.de_type_src] = first[row.de_type_src] or row
    if row.de_type_dst == "EXT" then ids[#ids + 1] = row.de_type_id_dst end
  end
  local names = {}
  if #ids > 0 then
    local targets
    targets, err = extension.by_ids(ctx, ids)
    if not targets then return nil, err end
    for target, it in pairs(targets) do names[target] = it.ex_number end
  end
  for name, key in pairs(FORWARDS) do
    local row = first[key]
    local target = row and forward_of(row, names)
    if target then
      found[name] = target
    elseif not row and not found[name]:match("^%+?%d*$") then
      found[name] = ""
    end
  end
  return found
end

local function represent(ctx, target)
  if not target:match("^%d+$") then return "" end
  local row = extension.by_number(ctx, target)
  if not row then return target end
  return mikopbx.represent_phone(row.ex_name, target)
end

--- The detail of an employee. The secret only for those who may write.
function employee.detail(ctx, row)
  local own, err = store.row("SELECT * FROM mk_employees WHERE me_ex_id = ?", { row.ex_id })
  if err then return nil, err end
  own = own or {}
  local to
  to, err = forwards(ctx, row.ex_id, own)
  if not to then return nil, err end
  local dtmf
  dtmf, err = store.value("SELECT dtmf_mode FROM ps_endpoints WHERE id = ?",
    { row.ex_tech_id or "" })
  if err then return nil, err end
  return {
    id = tostring(row.ex_id), user_username = row.ex_name or "", user_email = row.ex_email or "",
    user_avatar = (own.me_avatar or "") ~= "" and own.me_avatar or AVATAR,
    number = row.ex_number, extensions_length = #row.ex_number,
    sip_secret = ctx.secrets and row.password or "",
    sip_enableRecording = row.ex_recording == "yes" or row.ex_recording == "on",
    sip_dtmfmode = dtmf or "auto", sip_transport = own.me_transport or "udp",
    sip_manualattributes = own.me_manualattributes or "",
    sip_networkfilterid = own.me_networkfilterid or "none",
    sip_networkfilterid_represent = '<i class="globe icon"></i>',
    mobile_number = own.me_mobile_number or "",
    mobile_dialstring = own.me_mobile_dialstring or "",
    fwd_ringlength = tonumber(own.me_fwd_ringlength or row.ex_dialtimeout) or 0,
    fwd_forwarding = to.fwd_forwarding,
    fwd_forwarding_represent = represent(ctx, to.fwd_forwarding),
    fwd_forwardingonbusy = to.fwd_forwardingonbusy,
    fwd_forwardingonbusy_represent = represent(ctx, to.fwd_forwardingonbusy),
    fwd_forwardingonunavailable = to.fwd_forwardingonunavailable,
    fwd_forwardingonunavailable_represent = represent(ctx, to.fwd_forwardingonunavailable),
  }
end

---- operations

-- Names of the extension's fields that its model may find wrong.
local NAMES = {
  ex_name = "user_username", ex_number = "number", number = "number", password = "sip_secret",
  ex_email = "user_email", dtmf_mode = "sip_dtmfmode",
}

local function not_saved(err)
  if err.code == "invalid" then
    return bad({ (err.message:gsub("^([%w_]+):", function(name) return (NAMES[name] or name) .. ":" end)) })
  end
  if err.code ~= "conflict" or err.reason == "object_in_use" then return nil, err end
  return nil, {
    code = "conflict", message = "ex_ValidateNumberIsDouble: the number is already in use",
  }
end

local function mobile_taken(ctx, mobile, id)
  if (mobile or "") == "" then return false end
  local found, err = store.value([[SELECT 1 FROM mk_employees
    JOIN ex_extensions ON ex_id = me_ex_id
    WHERE me_mobile_number = ? AND ex_te_id = ? AND me_ex_id <> ? LIMIT 1]],
    { mobile, ctx.tenant.id, id or 0 })
  if err then return nil, err end
  return found ~= nil
end

local function check_mobile(ctx, values, id)
  local taken, err = mobile_taken(ctx, values.mobile_number, id)
  if err then return nil, err end
  if taken then
    return nil, {
      code = "conflict",
      message = "ex_ValidateMobileNumberIsDouble: the mobile number is already in use",
    }
  end
  return true
end

-- A number is unique over everything in the tenant that has one.
local function check_number(ctx, number, own)
  local free, err = numbering.free(ctx, number, own)
  if free then return true end
  if err.code ~= "conflict" then return nil, err end
  return nil, {
    code = "conflict", message = "ex_ValidateNumberIsDouble: the number is already in use",
  }
end

--- Whether number and mobile of checked values are nobody's yet.
function employee.is_free(ctx, values)
  local done, err = check_number(ctx, values.number)
  if not done then return nil, err end
  done, err = check_mobile(ctx, values)
  if not done then return nil, err end
  return true
end

--- Creates the extension and what only an employee has. `values` are checked ones.
function employee.create(ctx, values)
  local done, err = check_number(ctx, values.number)
  if not done then return nil, err end
  done, err = check_mobile(ctx, values)
  if not done then return nil, err end
  local wanted
  wanted, err = to_extension(ctx, values)
  if not wanted then return nil, err end
  wanted.ex_tech = "PJSIP"
  local made
  made, err = change.run(ctx, { { extension, "create", wanted, annexes = annexes(values) } })
  if not made then return not_saved(err) end
  return extension.find(ctx, made[1].ex_id)
end

function employee.update(ctx, before, values)
  local oneself = forwards_to(values, values.number or before.ex_number)
  if oneself then return bad({ "ex_ValidateForwardingToBeDifferent: " .. oneself }) end
  local id = before.ex_id
  local done, err = check_mobile(ctx, values, id)
  if not done then return nil, err end
  local attributes_before
  if values.sip_manualattributes then
    attributes_before, err = store.value("SELECT me_manualattributes FROM mk_employees WHERE me_ex_id = ?", { id })
    if err then return nil, err end
  end
  local wanted
  wanted, err = to_extension(ctx, values, attributes_before)
  if not wanted then return nil, err end
  done, err = change.run(ctx, { { extension, "update", id, wanted, annexes = annexes(values) } })
  if not done then return not_saved(err) end
  return extension.find(ctx, id)
end

function employee.delete(ctx, id) return extension.delete(ctx, id) end

--- The next free number after the highest one of two to eight digits.
function employee.next_number(ctx)
  local rows, err = store.query([[SELECT ex_number FROM ex_extensions WHERE ex_te_id = ?]],
    { ctx.tenant.id }, { rows = 100000 })
  if not rows then return nil, err end
  local taken, highest = {}, 200
  for _, number in ipairs(rows:column("ex_number")) do
    taken[number] = true
    local value = #number <= 4 and tonumber(number:match("^%d+$"))
    if value and value > highest then highest = value end
  end
  local candidate = highest + 1
  while taken[tostring(candidate)] do candidate = candidate + 1 end
  return tostring(candidate)
end

employee.AVATAR = AVATAR
return employee
