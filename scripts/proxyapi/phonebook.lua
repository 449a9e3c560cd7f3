-- reqtype=PHONEBOOK: entries of one phonebook.
local answer = require "proxyapi.lib.answer"
local entry = require "model.phonebookentry"
local json = require "json"
local phonebook_model = require "model.phonebook"
local shapes = require "proxyapi.lib.shapes"

local TEXTS = { "Wrong or missing phonebook or id" }
local ENTRIES = shapes.with_texts(
  shapes.list({ "peid" }, { 9, "Ada", "0123456" }, { more = { "NAME", "PHONE1" } }), TEXTS)
local ADDED = shapes.with_texts(shapes.either(shapes.ok({ id = "9" }), shapes.ok({ ids = json.array({ "9", "10" }) })), TEXTS)

local phonebook = route {
  reqtype = "PHONEBOOK",
  summary = "Query, add, delete, clean or dump the entries of a phonebook.",
  params = { phonebook = { summary = "name of the phonebook" }, id = { summary = "or its id" } },
  actions = {
    query = {
      access = "read", result = ENTRIES,
      params = {
        field = { required = true, summary = "item code, NAME or PHONE1 ..." },
        value = { required = true, summary = "text, % stands for anything" },
      },
    },
    getall = { access = "read", result = ENTRIES },
    add = {
      access = "write", result = ADDED,
      params = {
        jsondata = { aliases = { "values" }, max = 1048576, summary = "{CODE: value}, or a list" },
      },
    },
    delete = { access = "write", params = { peid = { type = "integer", required = true } }, result = shapes.ok() },
    cleanall = { access = "write", result = shapes.with_texts(shapes.ok(), TEXTS) },
  },
}

local function find(req)
  local name, id = req.params.phonebook, tonumber(req.params.id)
  if (name or "") ~= "" or id then
    local found, err = phonebook_model.find(req.ctx, id or { pb_name = name })
    if found then return found end
    if err.code ~= "not_found" then return nil, err end
  end
  return nil, nil, answer.text("Wrong or missing phonebook or id")
end

local function listing(req, book, filter)
  local codes, err = phonebook_model.items(req.ctx, book)
  if not codes then return nil, err end
  local entries
  entries, err = phonebook_model.entries(req.ctx, book, filter)
  if not entries then return nil, err end
  local columns, rows = { "peid" }, {}
  for _, code in ipairs(codes) do columns[#columns + 1] = code end
  for i, it in ipairs(entries) do
    local row = { peid = it.id }
    for _, code in ipairs(codes) do row[code] = it.values[code] or "" end
    rows[i] = row
  end
  return answer.list(columns, rows)
end

phonebook.query = answer.about(find, function(req, book)
  return listing(req, book, { field = req.params.field:upper(), value = req.params.value })
end)

phonebook.getall = answer.about(find, function(req, book) return listing(req, book, {}) end)

phonebook.add = answer.about(find, function(req, book)
  local given = json.decode(req.params.jsondata or "")
  if type(given) ~= "table" then return answer.refused("Invalid jsondata") end
  if not json.is_array(given) then
    local row, err = entry.create(req.ctx, { phonebook_id = book.pb_id, values = given })
    if not row then return nil, err end
    return answer.ok({ id = row.pe_id })
  end
  local list, ids = {}, json.array({})
  for i, values in ipairs(given) do
    if type(values) ~= "table" then return answer.refused("Invalid jsondata") end
    list[i] = { phonebook_id = book.pb_id, values = values }
  end
  local rows, err = entry.create_all(req.ctx, list)
  if not rows then return nil, err end
  for i, row in ipairs(rows) do ids[i] = tostring(row.pe_id) end
  return answer.ok({ ids = ids })
end)

function phonebook.delete(req) return answer.changed(entry.delete(req.ctx, req.params.peid)) end

phonebook.cleanall = answer.about(find, function(req, book)
  return answer.changed(phonebook_model.clear(req.ctx, book))
end)

return phonebook
