-- /phonebook: contacts of the company and private ones.
local contact_of = require "kalliope.lib.contact"
local fold = require "lib.fold"
local journal = require "kalliope.lib.journal"
local kalliope = require "kalliope.lib.answer"
local shapes = require "kalliope.lib.shapes"
local xml = require "xml"

local CODES = {
  [10] = "Invalid contact request", [11] = "Invalid owner for user",
  [12] = "One or more required field missing", [13] = "Contact not saved",
  [14] = "Invalid contact ID", [15] = "Contact not found",
  [17] = "Admin can not handle private contact", [18] = "Contact not deleted",
  [19] = "Invalid filter request",
}
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

-- All contacts with what waits.
local function contacts(req)
  local view, err = journal.view(req.ctx)
  if not view then return nil, err end
  local list
  list, err = contact_of.stored(req.ctx, {})
  if not list then return nil, err end
  return view:over("contact", list, "id")
end

local function shown(list)
  local elements = {}
  for i, it in ipairs(list) do elements[i] = contact_of.element(it) end
  return { "contacts", elements }
end

function phonebook.list(req)
  local list, err = contacts(req)
  if not list then return nil, err end
  return shown(list)
end

function phonebook.get(req)
  local id = kalliope.id(req.args.id)
  if not id then return refused(14) end
  local view, err = journal.view(req.ctx)
  if not view then return nil, err end
  local record
  record, err = view:record("contact", id)
  if err then return nil, err end
  if not record then return refused(15) end
  return shown({ record })
end

-- `%` at either end stands for anything; without it the match is exact.
local function matcher(text)
  local front, inner, back = fold(text):match("^(%%?)(.-)(%%?)$")
  return function(value)
    value = fold(value or "")
    if front ~= "" and back ~= "" then return value:find(inner, 1, true) ~= nil end
    if front ~= "" then return value:sub(-#inner) == inner or inner == "" end
    if back ~= "" then return value:sub(1, #inner) == inner end
    return value == inner
  end
end

local function tests_of(filter)
  local any = kalliope.given(filter, "any")
  local tests = {}
  for _, item in ipairs(contact_of.ITEMS) do
    local text = any or kalliope.given(filter, item[1])
    if text and (any or item[1] ~= "speed_dial") then
      tests[#tests + 1] = { tag = item[1], matches = matcher(text) }
    end
  end
  return tests, any ~= nil
end

local function fits(it, tests, any)
  if #tests == 0 then return true end
  for _, test in ipairs(tests) do
    local found = test.matches(it[test.tag])
    if found and any then return true end
    if not found and not any then return false end
  end
  return not any
end

function phonebook.search(req)
  local filter = req.document and xml.child(req.document, "filter")
  if not filter then return refused(19) end
  local list, err = contacts(req)
  if not list then return nil, err end
  local tests, any = tests_of(filter)
  local found = {}
  for _, it in ipairs(list) do
    if fits(it, tests, any) then found[#found + 1] = it end
  end
  return shown(found)
end

---- changes

-- What a change came to: 0, or the code of what is wrong.
local function outcome(code, done, err)
  if done then return kalliope.success("contact") end
  if err.answer then return refused(err.answer) end
  if err.code ~= "invalid" and err.code ~= "conflict" then return nil, err end
  return kalliope.problem("contact", CODES, code, err)
end

local function sent(req) return req.document and xml.child(req.document, "contact") end

local MANDATORY = { "first_name", "last_name", "phone" }

function phonebook.create(req)
  local contact = sent(req)
  if not contact then return refused(10) end
  for _, name in ipairs(MANDATORY) do
    if not kalliope.given(contact, name) then return refused(12) end
  end
  local number = kalliope.given(contact, "owner")
  return outcome(13, journal.change(req.ctx, function(view)
    local values = contact_of.given(contact)
    if number and number ~= "-1" then
      local owner, err = view:user(number)
      if err then return nil, err end
      if not owner then return nil, { answer = 11 } end
      values.owner = owner.id
    end
    return { object = "contact", action = "create", values = values }
  end))
end

-- Changes a contact; the administrator may change the company's only.
local function change_contact(req, code, text, action, values)
  local id = kalliope.id(text)
  if not id then return refused(14) end
  local function find(view) return view:record("contact", id) end
  return outcome(code, journal.change_one(req.ctx, "contact", action, find, function(there)
    if there.owner then return nil, { answer = 17 } end
    return values
  end))
end

function phonebook.update(req)
  local contact = sent(req)
  if not contact then return refused(10) end
  local id = kalliope.given(contact, "id")
  if not id then return refused(12) end
  local values = contact_of.given(contact)
  for _, name in ipairs(MANDATORY) do
    if values[name] == "" then return refused(12) end
  end
  return change_contact(req, 13, id, "update", values)
end

function phonebook.delete(req) return change_contact(req, 18, req.args.id, "delete", {}) end

return phonebook
