-- What a contact of Kalliope is here: an entry of one phonebook, the company's or with an owner.
local config = require "config"
local entry_model = require "model.phonebookentry"
local phonebook = require "model.phonebook"
local shortnumber = require "model.shortnumber"
local store = require "store"
local xml = require "xml"

local contact = { word = "contact", model = entry_model }

-- Tag of a contact -> item of our phonebooks, in the order of the answer.
contact.ITEMS = {
  { "first_name", "NAME" }, { "last_name", "SURNAME" }, { "organization", "COMPANY" },
  { "organizational_unit", "DEPARTMENT" }, { "phone", "PHONE1" }, { "mail", "EMAIL" },
  { "speed_dial", "SPEEDDIAL" },
}
local LAYOUT = {}
for i, item in ipairs(contact.ITEMS) do LAYOUT[i] = item[2] end

local function book_name() return config.get("kalliope.phonebook", "Default") end

-- The tenant's book for this dialect; nil without an error when nothing was ever added.
local function book(ctx)
  local found, err = phonebook.find(ctx, { pb_name = book_name() })
  if found or err.code ~= "not_found" then return found, err end
end

-- What a table says of the contacts of a book, or of the one with an id, by theirs.
local function column_of(text, own, id)
  local rows, err = store.query(text .. (id and " AND pe_id = ?" or ""), { own.pb_id, id }, { rows = 100000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do found[row.id] = row.value end
  return found
end

local OWNERS = "SELECT kc_pe_id AS id, kc_ex_id AS value FROM ks_contacts JOIN pe_phonebookentries "
  .. "ON pe_id = kc_pe_id WHERE pe_pb_id = ?"
local SHORTS = "SELECT kd_pe_id AS id, sn_id AS value FROM ks_speeddials JOIN sn_shortnumbers ON sn_id = kd_sn_id "
  .. "JOIN pe_phonebookentries ON pe_id = kd_pe_id WHERE pe_pb_id = ?"

--- Contacts of the store, by `options` of model/phonebook.
function contact.stored(ctx, options)
  local own, err = book(ctx)
  if err then return nil, err end
  if not own then return {} end
  local entries
  entries, err = phonebook.entries(ctx, own, options)
  if not entries then return nil, err end
  local private, short
  private, err = column_of(OWNERS, own, options.id)
  if not private then return nil, err end
  short, err = column_of(SHORTS, own, options.id)
  if not short then return nil, err end
  local list = {}
  for i, it in ipairs(entries) do
    local record = { id = it.id, owner = private[it.id], short = short[it.id] }
    for _, item in ipairs(contact.ITEMS) do record[item[1]] = it.values[item[2]] end
    list[i] = record
  end
  return list
end

--- A contact of the store by id; nil without an error when there is none.
function contact.load(ctx, id)
  local list, err = contact.stored(ctx, { id = id })
  return list and list[1], err
end

--- What a request says of a contact, by tag.
function contact.given(element)
  local given = {}
  for _, item in ipairs(contact.ITEMS) do given[item[1]] = xml.value(element, item[1]) end
  return given
end

--- Brings a contact to what a change says. `short` is the id of the short number of its speed dial.
function contact.fold(record, values)
  for tag, value in pairs(values) do record[tag] = value end
  if record.speed_dial == "" then record.short = nil end
end

local function speed_dial(values, before) return values.speed_dial or before and before.speed_dial or "" end

--- The models whose ids a change names before it is made, and what it calls them.
function contact.reserved(action, values, record)
  local models, names = {}, {}
  if action == "create" then models[1], names[1] = entry_model, "id" end
  local touched = values.speed_dial or values.phone
  if touched and speed_dial(values, record) ~= "" and not (record and record.short) then
    models[#models + 1], names[#names + 1] = shortnumber, "short"
  end
  return models, names
end

-- The step that makes the speed dial follow a change: phones dial it as a short number. Nil without one.
local function short_step(values, before)
  local number, held = speed_dial(values, before), before.short
  if not (values.speed_dial or values.phone) or number == "" and not held then return nil end
  if number == "" then return { shortnumber, "delete", held } end
  local fields = { sn_number = number, sn_destnumber = (values.phone or before.phone or ""):gsub("[%s()/]", "") }
  if held then return { shortnumber, "update", held, fields } end
  return { shortnumber, "create", fields, id = values.short }
end

--- The steps of a change; the book comes with its first contact.
function contact.steps(_, entry, before)
  if entry.action == "delete" then return { { entry_model, "delete", before.id } } end
  local values = {}
  for _, item in ipairs(contact.ITEMS) do values[item[2]] = entry.values[item[1]] end
  local short = short_step(entry.values, before or {})
  local dial = { kd_sn_id = short and short.id }
  if entry.action == "update" then
    return { { entry_model, "update", before.id, { values = values }, annexes = { ks_speeddials = dial } }, short }
  end
  return {
    { phonebook, "create", { pb_name = book_name(), layout = LAYOUT }, unless = { pb_name = book_name() } },
    { entry_model, "create", { values = values }, id = entry.id, ids = { pe_pb_id = 1 },
      annexes = { ks_contacts = { kc_ex_id = entry.values.owner }, ks_speeddials = dial } },
    short,
  }
end

--- The `<contact>`.
function contact.element(record)
  local children = { { "id", record.id } }
  for _, item in ipairs(contact.ITEMS) do
    -- The document shows the type between the unit and the number.
    if item[1] == "phone" then children[#children + 1] = { "type", record.owner and "private" or "system" } end
    children[#children + 1] = { item[1], record[item[1]] }
  end
  return { "contact", children }
end

return contact
