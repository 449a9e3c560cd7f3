-- /users: extensions as Kalliope sees them: registration, name, configuration.
local change = require "engine.change"
local contact = require "model.contact"
local extension = require "model.extension"
local failover = require "kalliope.lib.failover"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local registration = require "model.registration"
local shapes = require "kalliope.lib.shapes"
local store = require "store"
local voicemail = require "model.voicemail"
local xml = require "xml"

local CODES = {
  [10] = "Invalid user request", [11] = "User already exists",
  [12] = "One or more required field missing", [13] = "Licensed extensions number reached",
  [14] = "User not saved",
  [15] = "User does not exist", [16] = "Empty request",
}
-- Kalliope has one failover where our dialplan tells three cases apart.
local FAILOVER_KEYS = { "EXT-NOANSWER", "EXT-BUSY", "EXT-OFFLINE" }

local users = route {
  family = "users",
  summary = "Extensions: registration, name and configuration.",
  params = { exten = { pattern = "[%w*#]+" } },
  actions = {
    registrations = { access = "read", verb = "GET /users/registrations", result = shapes.registrations },
    registration = { access = "read", verb = "GET /users/registrations/{exten}", result = shapes.registrations },
    briefs = { access = "read", verb = "GET /users/brief", result = shapes.users },
    brief = { access = "read", verb = "GET /users/brief/{exten}", result = shapes.users },
    configs = { access = "read", verb = "GET /users/configs", result = shapes.configs },
    config = { access = "read", verb = "GET /users/configs/{exten}", result = shapes.configs },
    create = { access = "write", verb = "POST /users/configs", result = shapes.outcome("user"),
      body = { user = shapes.body("exten sip_secret first_name last_name", shapes.user_fields) } },
    update = { access = "write", verb = "PUT /users/configs/{exten}", result = shapes.outcome("user"),
      body = { user = shapes.body("", shapes.user_fields) } },
    delete = { access = "write", verb = "DELETE /users/configs/{exten}", result = shapes.outcome("user") },
  },
}

---- registrations

-- Kalliope's word for the state of a contact.
local function status_of(it)
  if not it.registered then return "UNKNOWN" end
  if contact.there(it.status) then return "OK" end
  return contact.state(it.status) == "unreachable" and "UNREACHABLE" or "UNKNOWN"
end

local function entry(it)
  local status = status_of(it)
  -- A contact that does not answer has no round trip.
  local rtt = status == "OK" and it.rtt_us and ("%d ms"):format(math.floor(it.rtt_us / 1000 + 0.5)) or nil
  local here = it.registered
  return { "registration", {
    { "exten", it.number }, { "status", status },
    { "rtt", here and rtt or nil }, { "contact", here and it.contact or nil },
    { "ip", here and it.ip or nil }, { "port", here and it.port or nil },
    { "useragent", here and it.user_agent or nil },
  } }
end

local function listed(req, number)
  local found, err = registration.list(req.ctx, number)
  if not found and err.code ~= "not_found" then return nil, err end
  local list = {}
  for i, it in ipairs(found or {}) do list[i] = entry(it) end
  return { "registrations", list }
end

function users.registrations(req) return listed(req) end

function users.registration(req) return listed(req, req.args.exten) end

---- names

local COLUMNS = [[SELECT ex_id, ex_number, ex_name, ku_first_name, ku_last_name, ku_failover
  FROM ex_extensions LEFT JOIN ks_users ON ku_ex_id = ex_id
  WHERE ex_te_id = ?]]

local function rows(req, number)
  local params = { req.tenant.id, number }
  return store.query(COLUMNS .. (number and " AND ex_number = ?" or "") .. " ORDER BY ex_number",
    params, { rows = 100000 })
end

-- The two names as given, unless the whole name was changed elsewhere since.
local function names_of(row)
  local whole = row.ex_name or ""
  local first, last = row.ku_first_name or "", row.ku_last_name or ""
  if (first .. " " .. last):match("^%s*(.-)%s*$") == whole then return first, last end
  first, last = whole:match("^(%S+)%s+(.+)$")
  if first then return first, last end
  return whole, ""
end

local function briefs(req, number)
  local found, err = rows(req, number)
  if not found then return nil, err end
  local list = {}
  for row in found:each() do
    local first, last = names_of(row)
    list[#list + 1] = { "user", {
      { "exten", row.ex_number }, { "enabled", "true" }, { "first_name", first },
      { "last_name", last },
    } }
  end
  return { "users", list }
end

function users.briefs(req) return briefs(req) end

function users.brief(req) return briefs(req, req.args.exten) end

---- configurations

local function mailbox_of(ctx, number)
  local box, err = voicemail.find(ctx, { mailbox = number })
  if box or err.code ~= "not_found" then return box, err end
end

local function yes(text) return text == "yes" or text == "on" or text == "1" end

local function config(ctx, row)
  local full, err = extension.find(ctx, row.ex_id)
  if not full then return nil, err end
  local box
  box, err = mailbox_of(ctx, row.ex_number)
  if err then return nil, err end
  local away
  away, err = failover.show(FAILOVER_KEYS[1], row.ex_id, row.ku_failover)
  if not away then return nil, err end
  local first, last = names_of(row)
  return { "config", {
    { "exten", row.ex_number }, { "sip_secret", full.password }, { "enabled", "true" },
    { "first_name", first }, { "last_name", last }, { "gui_secret_md5" },
    { "phonebook_manager", "false" }, { "vm_enabled", kalliope.flag(box) },
    { "vm_secret", box and box.password or nil }, { "vm_email", box and box.email or nil },
    { "vm_attach_enabled", kalliope.flag(box and yes(box.attach)) },
    { "vm_message_delete", kalliope.flag(box and yes(box.deletevoicemail)) }, away,
  } }
end

local function configs(req, number)
  local found, err = rows(req, number)
  if not found then return nil, err end
  local list = {}
  for row in found:each() do
    local it
    it, err = config(req.ctx, row)
    if not it then return nil, err end
    list[#list + 1] = it
  end
  return { "configs", list }
end

function users.configs(req) return configs(req) end

function users.config(req) return configs(req, req.args.exten) end

local function refused(code) return kalliope.refused("user", CODES, code) end

-- Fields of our extension and of what only Kalliope has; `before` is the row that is changed.
local function translated(ctx, user, number, before)
  local own, fields = {}, { password = kalliope.given(user, "sip_secret") }
  local first, last = xml.value(user, "first_name"), xml.value(user, "last_name")
  if first or last then
    local old_first, old_last = "", ""
    if before then old_first, old_last = names_of(before) end
    own.ku_first_name, own.ku_last_name = first or old_first, last or old_last
    local whole = own.ku_first_name .. " " .. own.ku_last_name
    fields.ex_name = whole:match("^%s*(.-)%s*$")
  end
  local own_box = kalliope.flag_of(user, "vm_enabled") and number or nil
  local away, err = failover.read(ctx, user, own_box)
  if err then return nil, err end
  if away then
    own.ku_failover = json.encode(json.object(away.given))
    fields.destinations = {}
    for _, key in ipairs(FAILOVER_KEYS) do fields.destinations[key] = json.array(away.tags) end
  end
  return { fields = fields, own = own }
end

local function yes_no(flag)
  if flag == nil then return nil end
  return flag and "yes" or "no"
end

-- The step that makes the mailbox follow vm_enabled; none without the tag: it stays as it is.
local function mailbox_step(ctx, number, user, name)
  local enabled = kalliope.flag_of(user, "vm_enabled")
  local box, err = mailbox_of(ctx, number)
  if err then return nil, err end
  if enabled == false then return box and { voicemail, "delete", box.uniqueid } or false end
  if not box and not enabled then return false end
  local fields = {
    password = kalliope.given(user, "vm_secret"), email = xml.value(user, "vm_email"),
    attach = yes_no(kalliope.flag_of(user, "vm_attach_enabled")),
    deletevoicemail = yes_no(kalliope.flag_of(user, "vm_message_delete")), fullname = name,
  }
  if box then return { voicemail, "update", box.uniqueid, fields } end
  fields.mailbox = number
  return { voicemail, "create", fields }
end

-- User and mailbox, in the order in which neither needs what the other takes away: one change.
local function steps_of(ctx, step, wanted, number, user, name)
  step.annexes = { ks_users = wanted.own }
  local box, err = mailbox_step(ctx, number, user, name)
  if box == nil then return nil, err end
  if box and box[2] == "delete" or not box then return { step, box or nil } end
  return { box, step }
end

local function unexpected(err)
  return err.code ~= "invalid" and err.code ~= "conflict" and err.code ~= "refused"
end

local function not_saved(err)
  if unexpected(err) then return nil, err end
  return kalliope.outcome("user", 14, CODES[14] .. ": " .. err.message)
end

function users.create(req)
  local user = req.document and xml.child(req.document, "user")
  if not user then return refused(10) end
  local number = kalliope.given(user, "exten")
  if not number or not kalliope.given(user, "sip_secret")
      or not kalliope.given(user, "first_name") or not kalliope.given(user, "last_name") then
    return refused(12)
  end
  local there, err = extension.by_number(req.ctx, number)
  if there then return refused(11) end
  if err.code ~= "not_found" then return nil, err end
  local wanted
  wanted, err = translated(req.ctx, user, number)
  if not wanted then return not_saved(err) end
  wanted.fields.ex_number, wanted.fields.ex_tech = number, "PJSIP"
  local steps
  steps, err = steps_of(req.ctx, { extension, "create", wanted.fields }, wanted, number, user, wanted.fields.ex_name)
  if not steps then return nil, err end
  local done
  done, err = change.run(req.ctx, steps)
  if not done then
    if err.code == "conflict" and steps[err.step][1] == extension then return refused(11) end
    if err.reason == "license_limit" then return refused(13) end
    return not_saved(err)
  end
  return kalliope.success("user")
end

function users.update(req)
  local user = req.document and xml.child(req.document, "user")
  if not user then return refused(10) end
  local found, err = rows(req, req.args.exten)
  if not found then return nil, err end
  if #found == 0 then return refused(15) end
  if #user == 0 then return refused(16) end
  local before = found[1]
  local wanted
  wanted, err = translated(req.ctx, user, before.ex_number, before)
  if not wanted then return not_saved(err) end
  local steps
  steps, err = steps_of(req.ctx, { extension, "update", before.ex_id, wanted.fields }, wanted, before.ex_number, user,
    wanted.fields.ex_name or before.ex_name)
  if not steps then return nil, err end
  local done
  done, err = change.run(req.ctx, steps)
  if not done then return not_saved(err) end
  return kalliope.success("user")
end

function users.delete(req)
  local row, err = extension.by_number(req.ctx, req.args.exten)
  if not row then
    if err.code == "not_found" then return refused(15) end
    return nil, err
  end
  local box
  box, err = mailbox_of(req.ctx, row.ex_number)
  if err then return nil, err end
  local steps = { { extension, "delete", row.ex_id } }
  -- To this dialect the box is a part of the user; one that others point to stays.
  if box then steps[2] = { voicemail, "delete", box.uniqueid, unless_used = true } end
  local done
  done, err = change.run(req.ctx, steps)
  if not done then return not_saved(err) end
  return kalliope.success("user")
end

return users
