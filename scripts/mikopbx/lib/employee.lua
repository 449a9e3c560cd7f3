-- An employee of MikoPBX is an extension of ours: how the two are translated.
local attributes = require "mikopbx.lib.attributes"
local change = require "engine.change"
local checks = require "mikopbx.lib.employee_fields"
local extension = require "model.extension"
local given_id = require "mikopbx.lib.given_id"
local json = require "json"
local mikopbx = require "mikopbx.lib.envelope"
local networkfilter = require "model.networkfilter"
local numbering = require "mikopbx.lib.target"
local peer = require "model.peer"
local settings = require "mikopbx.lib.settings"
local sipname = require "model.sipname"
local sql = require "engine.sql"
local store = require "store"

local employee = { AVATAR = "/admin-cabinet/assets/img/unknownPerson.jpg" }

-- Forward -> source key of our destinations. MikoPBX rings first, so its "unconditional" is ours
-- for calls nobody answered.
local FORWARDS = {
  fwd_forwarding = "EXT-NOANSWER", fwd_forwardingonbusy = "EXT-BUSY",
  fwd_forwardingonunavailable = "EXT-OFFLINE",
}
-- sp_specials of the seeds, and the box of the same number.
local WORDS = { hangup = "SPECIAL-1", busy = "SPECIAL-2", voicemail = "SAMENUMBERVM" }
-- Their places among the numbers outside that an extension forwards to.
local PLACES = { fwd_forwarding = 1, fwd_forwardingonbusy = 2, fwd_forwardingonunavailable = 3 }
local SOURCES = { "EXT-NOANSWER", "EXT-BUSY", "EXT-OFFLINE" }

local OWN = {
  user_avatar = "me_avatar", mobile_number = "me_mobile_number",
  mobile_dialstring = "me_mobile_dialstring", sip_networkfilterid = "me_networkfilterid",
  sip_manualattributes = "me_manualattributes", fwd_ringlength = "me_fwd_ringlength",
  sip_transport = "me_transport", fwd_forwarding = "me_fwd_forwarding",
  fwd_forwardingonbusy = "me_fwd_forwardingonbusy",
  fwd_forwardingonunavailable = "me_fwd_forwardingonunavailable",
}

---- translation to the extension

-- Where a forward leads; a number that is nobody's in the tenant is one outside, which stays with the employee.
local function tag_of(name, target, tags)
  return WORDS[target] or tags[target] or target ~= "" and "FORWARD-" .. PLACES[name] or nil
end

-- Destinations of the forwards that values give, by source.
local function destinations_of(ctx, values)
  local numbers, found = {}, {}
  for name in pairs(FORWARDS) do
    if (values[name] or ""):match("^%d+$") then numbers[#numbers + 1] = values[name] end
  end
  local tags = {}
  if #numbers > 0 then
    local rows, err = numbering.rows(ctx, { numbers = numbers })
    if not rows then return nil, err end
    for row in rows:each() do tags[row.number] = row.kind .. "-" .. ("%d"):format(row.id) end
  end
  for name, source in pairs(FORWARDS) do
    if values[name] then found[source] = { tag_of(name, values[name], tags) } end
  end
  return next(found) and found
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
  local err
  if values.sip_networkfilterid then out.deny, out.permit = json.null, json.null end
  if values.sip_networkfilterid and values.sip_networkfilterid ~= "none" then
    local filter
    filter, err = networkfilter.named(ctx, values.sip_networkfilterid)
    if not filter and err.code ~= "not_found" then return nil, err end
    if not filter then return checks.bad({ "sip_networkfilterid: " .. err.message }) end
    out.deny, out.permit = networkfilter.columns_of(filter)
  end
  out.destinations, err = destinations_of(ctx, values)
  if err then return nil, err end
  return out
end

-- The row that only an employee has.
local function annexes(values)
  local out = {}
  for name, column in pairs(OWN) do out[column] = values[name] end
  return { mk_employees = out }
end

---- translation from the extension

-- Where a forward leads. A destination set through another dialect counts more than what was stored here; one that
-- this API has no word for leaves that as it is.
local function forward(way, stored)
  if not way then return stored:match("^%+?%d*$") and stored or "" end
  if way.kind == "SAMENUMBERVM" or way.kind == "VOICEMAIL" then return "voicemail" end
  return way.text ~= "" and way.text or stored
end

-- What else there is of some extensions, in one statement each: rows by key.
local function beside(text, column, keys)
  local bound, found = {}, {}
  if #keys == 0 then return found end
  local rows, err = store.query(text .. sql.where({ [column] = keys }, bound), bound, { rows = 100000 })
  if not rows then return nil, err end
  for row in rows:each() do found[row[column]] = row end
  return found
end

-- What the page of an employee shows of the forwards: `names` of the numbers it leads to.
local function represent(names, target)
  if not target:match("^%d+$") then return "" end
  if not names[target] then return target end
  return mikopbx.represent_phone(names[target], target)
end

local function represent_filter(filter)
  return filter and mikopbx.represent("filter", filter.mn_description or "") or '<i class="globe icon"></i>'
end

local function detail(ctx, row, own, dtmf, to, names, filter)
  return {
    id = tostring(row.ex_id), user_username = row.ex_name or "", user_email = row.ex_email or "",
    user_avatar = (own.me_avatar or "") ~= "" and own.me_avatar or employee.AVATAR,
    number = row.ex_number, extensions_length = #row.ex_number,
    sip_secret = ctx.secrets and row.password or "", sip_username = row.username or "",
    sip_enableRecording = row.ex_recording == "yes" or row.ex_recording == "on",
    sip_dtmfmode = dtmf or "auto", sip_transport = own.me_transport or "udp",
    sip_manualattributes = own.me_manualattributes or "",
    sip_networkfilterid = own.me_networkfilterid or "none",
    sip_networkfilterid_represent = represent_filter(filter),
    mobile_number = own.me_mobile_number or "", mobile_dialstring = own.me_mobile_dialstring or "",
    fwd_ringlength = tonumber(own.me_fwd_ringlength or row.ex_dialtimeout) or 0,
    fwd_forwarding = to.fwd_forwarding, fwd_forwarding_represent = represent(names, to.fwd_forwarding),
    fwd_forwardingonbusy = to.fwd_forwardingonbusy,
    fwd_forwardingonbusy_represent = represent(names, to.fwd_forwardingonbusy),
    fwd_forwardingonunavailable = to.fwd_forwardingonunavailable,
    fwd_forwardingonunavailable_represent = represent(names, to.fwd_forwardingonunavailable),
  }
end

--- The details of employees, extensions' rows. The secret only for those who may write. However many there are, it
--- takes six statements.
function employee.details(ctx, rows)
  local ids, peers, list, numbers, to = {}, {}, {}, {}, {}
  for i, row in ipairs(rows) do ids[i], peers[i] = row.ex_id, row.ex_tech_id or "" end
  local own, err = beside("SELECT * FROM mk_employees WHERE ", "me_ex_id", ids)
  if not own then return nil, err end
  local endpoints
  endpoints, err = beside("SELECT id, dtmf_mode FROM ps_endpoints WHERE ", "id", peers)
  if not endpoints then return nil, err end
  local wanted = {}
  for _, it in pairs(own) do wanted[#wanted + 1] = tonumber(it.me_networkfilterid) end
  local filters
  filters, err = beside("SELECT mn_id, mn_description FROM mk_networkfilters WHERE ", "mn_id", wanted)
  if not filters then return nil, err end
  local ways, names = numbering.ways(ctx, SOURCES, ids)
  if not ways then return nil, names end
  for i, row in ipairs(rows) do
    to[i] = {}
    for name, source in pairs(FORWARDS) do
      local target = forward(ways[row.ex_id][source][1], (own[row.ex_id] or {})["me_" .. name] or "")
      to[i][name] = target
      if target:match("^%d+$") and not names[target] then numbers[#numbers + 1] = target end
    end
  end
  local more
  more, err = numbering.names(ctx, numbers)
  if not more then return nil, err end
  for number, name in pairs(more) do names[number] = name end
  for i, row in ipairs(rows) do
    list[i] = detail(ctx, row, own[row.ex_id] or {}, (endpoints[peers[i]] or {}).dtmf_mode, to[i], names,
      filters[tonumber((own[row.ex_id] or {}).me_networkfilterid)])
  end
  return list
end

--- The detail of one.
function employee.detail(ctx, row)
  local list, err = employee.details(ctx, { row })
  return list and list[1], err
end

---- operations

-- Names of the extension's fields that its model may find wrong.
local NAMES = {
  ex_name = "user_username", ex_number = "number", number = "number", password = "sip_secret",
  ex_email = "user_email", dtmf_mode = "sip_dtmfmode",
}

local function not_saved(err)
  if err.code == "invalid" then
    return checks.bad({ (err.message:gsub("^([%w_]+):", function(name) return (NAMES[name] or name) .. ":" end)) })
  end
  if err.code ~= "conflict" or err.reason == "object_in_use" then return nil, err end
  return nil, {
    code = "conflict", message = "ex_ValidateNumberIsDouble: the number is already in use",
  }
end

local function mobile_taken(ctx, mobile, id)
  if (mobile or "") == "" then return false end
  -- by hand: mobiles are this dialect's own
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

-- What a phone logs in as: its number where that is one tenant's alone, else NUMBER-TENANT.
local function username_of(ctx, number)
  local free, err = sipname.is_free(number)
  if err then return nil, err end
  local other
  other, err = store.value("SELECT te_id FROM te_tenants JOIN ps_endpoints ON id = " .. peer.sql("?", "te_code")
    .. " WHERE te_id <> ? LIMIT 1", { number, ctx.tenant.id })
  if err then return nil, err end
  return free and not other and number or peer.name(number, ctx.tenant.code)
end

--- Creates the extension and what only an employee has, under an id where one is given. `values` are checked ones.
function employee.create(ctx, values, id)
  local done, err = employee.is_free(ctx, values)
  if not done then return nil, err end
  local wanted
  wanted, err = to_extension(ctx, values)
  if not wanted then return nil, err end
  wanted.ex_tech = "PJSIP"
  wanted.username, err = username_of(ctx, values.number)
  if not wanted.username then return nil, err end
  local made
  made, err = change.run(ctx, { { extension, "create", wanted, id = id, annexes = annexes(values) } })
  if not made then
    local taken = id and given_id.taken(err, extension.id, id)
    if taken then return nil, taken end
    return not_saved(err)
  end
  return extension.find(ctx, made[1].ex_id)
end

function employee.update(ctx, before, values)
  local oneself = checks.forwards_to(values, values.number or before.ex_number)
  if oneself then return checks.bad({ "ex_ValidateForwardingToBeDifferent: " .. oneself }) end
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
  if values.number and values.number ~= before.ex_number and before.username == before.ex_number then
    wanted.username, err = username_of(ctx, values.number)
    if not wanted.username then return nil, err end
  end
  done, err = change.run(ctx, { { extension, "update", id, wanted, annexes = annexes(values) } })
  if not done then return not_saved(err) end
  return extension.find(ctx, id)
end

function employee.delete(ctx, id) return extension.delete(ctx, id) end

--- The next free number after the highest one of two to eight digits.
function employee.next_number(ctx)
  -- by hand: numbers alone, in their order
  local rows, err = store.query([[SELECT ex_number FROM ex_extensions WHERE ex_te_id = ?]],
    { ctx.tenant.id }, { rows = 100000 })
  if not rows then return nil, err end
  local length
  length, err = settings.extension_length(ctx)
  if err then return nil, err end
  -- 201 is the first of three digits, 1001 of four.
  local taken, highest = {}, not length and 200 or length == 3 and 200 or 10 ^ (length - 1)
  for _, number in ipairs(rows:column("ex_number")) do
    taken[number] = true
    local value = (length and #number == length or not length and #number <= 4) and tonumber(number:match("^%d+$"))
    if value and value > highest then highest = value end
  end
  local candidate = highest + 1
  while taken[("%d"):format(candidate)] do candidate = candidate + 1 end
  return ("%d"):format(candidate)
end

return employee
