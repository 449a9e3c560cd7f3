-- What a body may say of an extension: its technology in any case, groups as a get shows them, and the mailbox
-- that is made along with it.
local crypto = require "crypto"
local destination = require "engine.destination"
local json = require "json"
local sql = require "engine.sql"
local store = require "store"
local technology = require "model.extension.technology"
local voicemail = require "model.voicemail"

local body = {}

-- Groups as the rows of a get answer come back as their numbers; the rest is checked with the column.
local function group_list(value)
  if type(value) ~= "table" then return value end
  local parts = {}
  for i, item in ipairs(value) do
    parts[i] = type(item) == "table" and (item.cg_value or item.pg_value) or item
  end
  return #parts > 0 and parts or value
end

-- The technology a body names; null and "" name none.
local function named_tech(fields)
  for _, value in ipairs({ fields.tech or "", fields.ex_tech or "" }) do
    if value ~= "" and value ~= json.null then return value end
  end
end

--- `normalize` of the object: the fields as its columns are called, with a password for every phone.
function body.normalize(_, fields, row)
  local asked = named_tech(fields)
  local tech = row and row.ex_tech or asked or "PJSIP"
  if type(tech) ~= "string" then
    return nil, { code = "invalid", reason = "invalid_field", field = "tech", message = "tech: not text" }
  end
  tech = tech:upper()
  if not technology.KNOWN[tech] then
    return nil, { code = "invalid", reason = "invalid_field", field = fields.tech and "tech" or "ex_tech",
      message = "tech: must be one of " .. table.concat(technology.NAMES, ", ") }
  end
  if row and asked and tostring(asked):upper() ~= row.ex_tech then
    return nil, { code = "invalid", reason = "technology_change_not_supported", field = "tech",
      status = 409,
      message = "Changing the extension technology is not supported. Delete and create the extension." }
  end
  fields.tech, fields.ex_tech = nil, tech
  technology.name_fields(fields, tech)
  for _, name in ipairs({ "ex_callgroup", "callgroups", "ex_pickupgroup", "pickupgroups" }) do
    fields[name] = group_list(fields[name])
  end
  if not row and technology.PHONES[tech] then
    local name = tech == "SIP" and "secret" or "password"
    local nested = fields.ps_auths or fields.sipfriends
    local given = type(nested) == "table" and (nested.password or nested.secret)
    -- A phone without a password could be anybody's.
    if not given and (fields[name] == nil or fields[name] == "" or fields[name] == json.null) then
      fields[name] = crypto.random(12)
    end
  end
  return true
end

-- True when its calls go, or are to go, to the box of its own number.
local function wants_mailbox(sent, row)
  for _, items in pairs(sent.destinations) do
    for _, item in ipairs(items) do
      if destination.is_bare(item.type) then return true end
    end
  end
  local number = sent.values.ex_number
  if not (row and number and number ~= row.ex_number) then return false end
  return store.value("SELECT de_id FROM de_destinations WHERE de_type_src IN ('EXT-UNCONDITIONAL', 'EXT-NOANSWER', "
    .. "'EXT-BUSY', 'EXT-OFFLINE', 'EXT-ONCONDITION') AND de_type_id_src = ? AND de_type_dst = 'SAMENUMBERVM' LIMIT 1",
    { row.ex_id })
end

-- What somebody who knows the number does not guess; the owner's phone opens the box without it.
local function box_password() return ("%06d"):format(tonumber(crypto.random(4), 16) % 1000000) end

-- At most `max` characters of a text.
local function cut(text, max)
  local ends = 0
  for place in text:gmatch("()[^\128-\191][\128-\191]*") do
    max = max - 1
    if max < 0 then return text:sub(1, place - 1) end
    ends = place
  end
  return ends > 0 and text or ""
end

--- `along` of the object: a mailbox of the extension's own number, made when it is missing.
function body.along(_, sent, row)
  local wanted, err = wants_mailbox(sent, row)
  if not wanted then return err == nil and {} or nil, err end
  local function value(name)
    local given = sent.values[name]
    if given == nil and row then given = row[name] end
    return not sql.is_null(given) and given ~= "" and given or nil
  end
  local number, email = value("ex_number"), value("ex_email")
  if not number then return {} end
  return { { voicemail, "create", {
    mailbox = number, password = box_password(),
    fullname = cut(value("ex_name") or number, 80), email = email and #email <= 80 and email or nil,
  }, unless = { mailbox = number } } }
end

return body
