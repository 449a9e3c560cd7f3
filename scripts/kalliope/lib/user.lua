-- What a user of Kalliope is here: an extension with two names, its mailbox and its failover.
local extension = require "model.extension"
local failover = require "kalliope.lib.failover"
local json = require "json"
local kalliope = require "kalliope.lib.answer"
local peer = require "model.peer"
local store = require "store"
local voicemail = require "model.voicemail"
local xml = require "xml"

local user = { word = "user", model = extension }

-- Kalliope has one failover where our dialplan tells three cases apart.
local FAILOVER_KEYS = { "EXT-NOANSWER", "EXT-BUSY", "EXT-OFFLINE" }
local BOX_TAGS = { "vm_secret", "vm_email", "vm_attach_enabled", "vm_message_delete" }

-- by hand: the columns of three tables in one statement
local SELECT = [[SELECT ex_id, ex_number, ex_name, ex_enabled, ku_first_name, ku_last_name, ku_failover,
    coalesce(a."password", f.secret) AS sip_secret, coalesce(a.username, f.defaultuser, f.name) AS sip_username,
    (SELECT de_type_dst || '-' || de_type_id_dst FROM de_destinations
      WHERE de_type_src = 'EXT-NOANSWER' AND de_type_id_src = ex_id AND de_type_dst <> 'MEDIAFILE' ORDER BY de_ord, de_id LIMIT 1) AS away,
    v.uniqueid AS box, v."password" AS vm_secret, v.email AS vm_email, v.attach, v.deletevoicemail
  FROM ex_extensions LEFT JOIN ks_users ON ku_ex_id = ex_id
  LEFT JOIN ps_auths a ON a.id = ex_tech_id LEFT JOIN sipfriends f ON f.name = ex_tech_id
  LEFT JOIN voicemail v ON v.te_id = ex_te_id AND v.mailbox = ex_number
  WHERE ex_te_id = ?]]

local function yes(text) return text == "yes" or text == "on" or text == "1" end

-- The two names as given, unless the whole name was changed elsewhere since.
local function names_of(row)
  local whole = row.ex_name or ""
  local first, last = row.ku_first_name or "", row.ku_last_name or ""
  if (first .. " " .. last):match("^%s*(.-)%s*$") == whole then return first, last end
  first, last = whole:match("^(%S+)%s+(.+)$")
  if first then return first, last end
  return whole, ""
end

local function record_of(row)
  local first, last = names_of(row)
  local away, err = failover.stored(row.away, row.ku_failover, row.ex_number)
  if not away then return nil, err end
  return {
    id = row.ex_id, exten = row.ex_number, enabled = row.ex_enabled ~= "no", first_name = first, last_name = last, sip_secret = row.sip_secret,
    sip_username = row.sip_username,
    box = row.box, vm_enabled = row.box ~= nil, vm_secret = row.vm_secret, vm_email = row.vm_email,
    vm_attach_enabled = yes(row.attach), vm_message_delete = yes(row.deletevoicemail),
    failover = away,
  }
end

--- Users of the store from a number on (without it), at most `most`; and all of one number or id with `by`.
function user.stored(ctx, by, most)
  local text, params = SELECT, { ctx.tenant.id }
  if by.after then text = text .. " AND ex_number > ?" end
  if by.exten then text = text .. " AND ex_number = ?" end
  if by.id then text = text .. " AND ex_id = ?" end
  params[2] = by.after or by.exten or by.id
  local rows, err = store.query(text .. " ORDER BY ex_number LIMIT " .. (most or 1), params)
  if not rows then return nil, err end
  local list = {}
  for row in rows:each() do
    list[#list + 1], err = record_of(row)
    if err then return nil, err end
  end
  return list
end

--- A user of the store by id; nil without an error when there is none.
function user.load(ctx, id)
  local list, err = user.stored(ctx, { id = id })
  return list and list[1], err
end

--- What a request says of a user, by tag.
function user.given(element)
  return {
    sip_secret = kalliope.given(element, "sip_secret"), enabled = kalliope.flag_of(element, "enabled"), first_name = xml.value(element, "first_name"),
    last_name = xml.value(element, "last_name"), vm_enabled = kalliope.flag_of(element, "vm_enabled"),
    vm_secret = kalliope.given(element, "vm_secret"), vm_email = xml.value(element, "vm_email"),
    vm_attach_enabled = kalliope.flag_of(element, "vm_attach_enabled"),
    vm_message_delete = kalliope.flag_of(element, "vm_message_delete"),
    failover = failover.given(element),
  }
end

--- Brings a user to what a change says. `had_box` is a mailbox that its number had before; `box` the one that comes.
function user.fold(record, values)
  record.box = record.box or values.had_box or values.vm_enabled and values.box or nil
  if values.vm_enabled == false then
    record.box = nil
    for _, tag in ipairs(BOX_TAGS) do record[tag] = nil end
  end
  for tag, value in pairs(values) do
    if tag ~= "box" and tag ~= "had_box" and (record.box or not tag:find("^vm_")) then record[tag] = value end
  end
  record.vm_enabled = record.box ~= nil
end

--- The models whose ids a change names before it is made, and what it calls them: the extension's, and those of what
--- comes with it.
function user.reserved(action, values, record)
  local models, names = {}, {}
  if action == "create" then models[1], names[1] = extension, "id" end
  if values.vm_enabled and not (record and record.box or values.had_box) then
    models[#models + 1], names[#names + 1] = voicemail, "box"
  end
  failover.reserved(models, names, values, record)
  return models, names
end

local function yes_no(flag)
  if flag == nil then return nil end
  return flag and "yes" or "no"
end

-- The step that makes the mailbox follow a change; false without one.
local function box_step(values, before, name)
  if values.vm_enabled == false then return before.box and { voicemail, "delete", before.box } or false end
  local fields = {
    password = values.vm_secret, email = values.vm_email, attach = yes_no(values.vm_attach_enabled),
    deletevoicemail = yes_no(values.vm_message_delete),
  }
  if before.box then
    fields.fullname = name
    return next(fields) and { voicemail, "update", before.box, fields } or false
  end
  if not values.vm_enabled then return false end
  fields.mailbox, fields.fullname = before.exten, name or (before.first_name .. " " .. before.last_name)
  return { voicemail, "create", fields, id = values.box, unless = { mailbox = before.exten } }
end

-- Fields of the extension and of what only Kalliope has.
local function translated(view, values, before)
  local own, fields = {}, { password = values.sip_secret }
  if values.enabled ~= nil then fields.ex_enabled = values.enabled and "yes" or "no" end
  if values.first_name or values.last_name then
    own.ku_first_name, own.ku_last_name = values.first_name or before.first_name, values.last_name or before.last_name
    fields.ex_name = (own.ku_first_name .. " " .. own.ku_last_name):match("^%s*(.-)%s*$")
  end
  if values.failover then
    local tags, err = failover.tags(view, values.failover, before.failover, values.vm_enabled and before.exten or nil)
    if not tags then return nil, err end
    own.ku_failover = json.encode(json.object(values.failover))
    fields.destinations = {}
    for _, key in ipairs(FAILOVER_KEYS) do fields.destinations[key] = json.array(tags) end
  end
  return fields, own
end

local function removal(before)
  local steps = { { extension, "delete", before.id } }
  -- To this dialect the box is a part of the user; one that others point to stays.
  if before.box then steps[2] = { voicemail, "delete", before.box, unless_used = true } end
  return failover.around(steps, { failover = {} }, before)
end

--- The steps of a change: user and mailbox, in the order in which neither needs what the other takes away.
function user.steps(view, entry, before)
  local values = entry.values
  if entry.action == "delete" then return removal(before) end
  local creating = entry.action == "create"
  if creating then
    before = { id = entry.id, exten = values.exten, first_name = "", last_name = "", box = values.had_box }
  end
  local fields, own = translated(view, values, before)
  if not fields then return nil, own end
  local step = { extension, "update", before.id, fields, annexes = { ks_users = own } }
  if creating then
    fields.ex_number, fields.ex_tech = values.exten, "PJSIP"
    step = { extension, "create", fields, id = entry.id, annexes = { ks_users = own } }
  end
  local box = box_step(values, before, fields.ex_name)
  local steps = { box or step, box and step or nil }
  if box and box[2] == "delete" then steps = { step, box } end
  return failover.around(steps, values, before, "user " .. before.exten)
end

--- The `<user>` of a list.
function user.brief(record)
  return { "user", {
    { "exten", record.exten }, { "enabled", kalliope.flag(record.enabled ~= false) }, { "first_name", record.first_name },
    { "last_name", record.last_name },
  } }
end

--- The `<config>` of a user.
function user.config(view, record)
  local away, err = failover.shown(view, record.failover)
  if not away then return nil, err end
  local boxed = record.box
  return { "config", {
    { "exten", record.exten }, { "sip_secret", record.sip_secret }, { "enabled", kalliope.flag(record.enabled ~= false) },
    { "first_name", record.first_name }, { "last_name", record.last_name }, { "gui_secret_md5" },
    { "phonebook_manager", "false" }, { "vm_enabled", kalliope.flag(boxed) },
    { "vm_secret", boxed and record.vm_secret or nil }, { "vm_email", boxed and record.vm_email or nil },
    { "vm_attach_enabled", kalliope.flag(boxed and record.vm_attach_enabled) },
    { "vm_message_delete", kalliope.flag(boxed and record.vm_message_delete) }, away,
    -- Not of the document: a number alone is the name of no phone where there may be several tenants.
    { "sip_username", record.sip_username or peer.name(record.exten, view.ctx.tenant.code) },
  } }
end

return user
