-- /phonebook: contacts of the company and private ones.
local change = require "engine.change"
local config = require "config"
local entry = require "model.phonebookentry"
local extension = require "model.extension"
local kalliope = require "kalliope.lib.answer"
local phonebook_model = require "model.phonebook"
local shapes = require "kalliope.lib.shapes"
local store = require "store"
local xml = require "xml"

local CODES = {
  [10] = "Invalid contact request", [11] = "Invalid owner for user",
  [12] = "One or more required field missing", [13] = "Contact not saved",
  [14] = "Invalid contact ID", [15] = "Contact not found",
  [17] = "Admin can not handle private contact", [18] = "Contact not deleted",
  [19] = "Invalid filter request",
}
-- Tag of a contact -> item of our phonebooks, in the order of the answer.
local ITEMS = {
  { "first_name", "NAME" }, { "last_name", "SURNAME" }, { "organization", "COMPANY" },
  { "organizational_unit", "DEPARTMENT" }, { "phone", "PHONE1" }, { "mail", "EMAIL" },
  { "speed_dial", "SPEEDDIAL" },
}
local LAYOUT = {}
for i, item in ipairs(ITEMS) do LAYOUT[i] = item[2] end

local phonebook = route {
  family = "phonebook",
  summary = "Contacts.",
  params = { id = { summary = "id of the contact" } },
  actions = {
    list = { access = "read", verb = "GET /phonebook/contacts", result = shapes.contacts },
    get = { access = "read", verb = "GET /phonebook/contacts/{id}",
      result = shapes.or_outcome(shapes.contacts, "contact") },
    search = { access = "read", verb = "POST /phonebook/search",
      result = shapes.or_outcome(shapes.contacts, "contact"), body = { filter = shapes.body("", shapes.contact_filter) } },
    create = { access = "write", verb = "POST /phonebook/contacts", result = shapes.outcome("contact"),
      body = { contact = shapes.body("first_name last_name phone", shapes.contact_fields) } },
    update = { access = "write", verb = "PUT /phonebook/contacts", result = shapes.outcome("contact"),
      body = { contact = shapes.body("id", shapes.contact_fields) } },
    delete = { access = "write", verb = "DELETE /phonebook/contacts/{id}", result = shapes.outcome("contact") },
  },
}

local function refused(code) return kalliope.refused("contact", CODES, code) end

-- The tenant's book for this dialect; nil without an error when nothing was ever added.
local function book(ctx)
  local name = config.get("kalliope.phonebook", "Default")
  local found, err = phonebook_model.find(ctx, { pb_name = name })
  if found or err.code ~= "not_found" then return found, err end
end

local function book_to_write(ctx)
  local found, err = book(ctx)
  if found or err then return found, err end
  local name = config.get("kalliope.phonebook", "Default")
  return phonebook_model.create(ctx, { pb_name = name, layout = LAYOUT })
end

-- Who owns the private contacts of a book, or the one with an id.
local function owners(own, id)
  local rows, err = store.query("SELECT kc_pe_id, kc_ex_id FROM ks_contacts JOIN pe_phonebookentries "
    .. "ON pe_id = kc_pe_id WHERE pe_pb_id = ?" .. (id and " AND pe_id = ?" or ""), { own.pb_id, id }, { rows = 100000 })
  if not rows then return nil, err end
  local found = {}
  for row in rows:each() do found[row.kc_pe_id] = row.kc_ex_id end
  return found
end

local function contacts(ctx, options)
  local own, err = book(ctx)
  if err then return nil, err end
  if not own then return {} end
  local entries
  entries, err = phonebook_model.entries(ctx, own, options)
  if not entries then return nil, err end
  local private
  private, err = owners(own, options.id)
  if not private then return nil, err end
  for _, it in ipairs(entries) do it.owner = private[it.id] end
  return entries
end

local function element(it)
  local values = it.values
  local children = { { "id", it.id } }
  for _, item in ipairs(ITEMS) do
    -- The document shows the type between the unit and the number.
    if item[1] == "phone" then
      children[#children + 1] = { "type", it.owner and "private" or "system" }
    end
    children[#children + 1] = { item[1], values[item[2]] }
  end
  return { "contact", children }
end

local function shown(list)
  local elements = {}
  for i, it in ipairs(list) do elements[i] = element(it) end
  return { "contacts", elements }
end

function phonebook.list(req)
  local list, err = contacts(req.ctx, {})
  if not list then return nil, err end
  return shown(list)
end

function phonebook.get(req)
  local id = kalliope.id(req.args.id)
  if not id then return refused(14) end
  local list, err = contacts(req.ctx, { id = id })
  if not list then return nil, err end
  if #list == 0 then return refused(15) end
  return shown(list)
end

-- `%` at either end stands for anything; without it the match is exact.
local function matcher(text)
  local front, inner, back = text:lower():match("^(%%?)(.-)(%%?)$")
  return function(value)
    value = (value or ""):lower()
    if front ~= "" and back ~= "" then return value:find(inner, 1, true) ~= nil end
    if front ~= "" then return value:sub(-#inner) == inner or inner == "" end
    if back ~= "" then return value:sub(1, #inner) == inner end
    return value == inner
  end
end

local function tests_of(filter)
  local any = kalliope.given(filter, "any")
  local tests = {}
  for _, item in ipairs(ITEMS) do
    local text = any or kalliope.given(filter, item[1])
    if text and (any or item[1] ~= "speed_dial") then
      tests[#tests + 1] = { code = item[2], matches = matcher(text) }
    end
  end
  return tests, any ~= nil
end

local function fits(it, tests, any)
  if #tests == 0 then return true end
  for _, test in ipairs(tests) do
    local found = test.matches(it.values[test.code])
    if found and any then return true end
    if not found and not any then return false end
  end
  return not any
end

function phonebook.search(req)
  local filter = req.document and xml.child(req.document, "filter")
  if not filter then return refused(19) end
  local list, err = contacts(req.ctx, {})
  if not list then return nil, err end
  local tests, any = tests_of(filter)
  local found = {}
  for _, it in ipairs(list) do
    if fits(it, tests, any) then found[#found + 1] = it end
  end
  return shown(found)
end

local function values_of(contact)
  local values = {}
  for _, item in ipairs(ITEMS) do values[item[2]] = xml.value(contact, item[1]) end
  return values
end

local function not_saved(err)
  if err.code ~= "invalid" and err.code ~= "conflict" then return nil, err end
  return kalliope.outcome("contact", 13, CODES[13] .. ": " .. err.message)
end

-- Extension id of a private contact's owner, false for the company's.
local function owner_of(ctx, contact)
  local number = kalliope.given(contact, "owner")
  if not number or number == "-1" then return false end
  local row, err = extension.by_number(ctx, number)
  if not row then return nil, err end
  return row.ex_id
end

function phonebook.create(req)
  local contact = req.document and xml.child(req.document, "contact")
  if not contact then return refused(10) end
  for _, name in ipairs({ "first_name", "last_name", "phone" }) do
    if not kalliope.given(contact, name) then return refused(12) end
  end
  local owner, err = owner_of(req.ctx, contact)
  if owner == nil then
    if err.code ~= "not_found" then return nil, err end
    return refused(11)
  end
  local own
  own, err = book_to_write(req.ctx)
  if not own then return nil, err end
  local done
  done, err = change.run(req.ctx, { { entry, "create", { phonebook_id = own.pb_id, values = values_of(contact) },
    annexes = { ks_contacts = { kc_ex_id = owner or nil } } } })
  if not done then return not_saved(err) end
  return kalliope.success("contact")
end

-- The administrator may change the company's contacts only.
local function editable(req, text)
  local id = kalliope.id(text)
  if not id then return nil, nil, refused(14) end
  local list, err = contacts(req.ctx, { id = id })
  if not list then return nil, err end
  if #list == 0 then return nil, nil, refused(15) end
  if list[1].owner then return nil, nil, refused(17) end
  return list[1]
end

function phonebook.update(req)
  local contact = req.document and xml.child(req.document, "contact")
  if not contact then return refused(10) end
  local id = kalliope.given(contact, "id")
  if not id then return refused(12) end
  local it, err, answer = editable(req, id)
  if not it then return answer, err end
  for _, name in ipairs({ "first_name", "last_name", "phone" }) do
    if xml.value(contact, name) == "" then return refused(12) end
  end
  local row
  row, err = entry.update(req.ctx, it.id, { values = values_of(contact) })
  if not row then return not_saved(err) end
  return kalliope.success("contact")
end

function phonebook.delete(req)
  local it, err, answer = editable(req, req.args.id)
  if not it then return answer, err end
  local done
  done, err = entry.delete(req.ctx, it.id)
  if not done then
    if err.code == "not_found" then return refused(15) end
    if err.code == "conflict" then return refused(18) end
    return nil, err
  end
  return kalliope.success("contact")
end

return phonebook
