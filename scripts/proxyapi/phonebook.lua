-- reqtype=PHONEBOOK: entries of one phonebook.
local answer = require "proxyapi.lib.answer"
local entry = require "model.phonebookentry"
local json = require "json"
local phonebook_model = require "model.phonebook"

local phonebook = route {
  reqtype = "PHONEBOOK",
  summary = "Query, add, delete, clean or dump the entries of a phonebook.",
  params = {
    phonebook = { summary = "name of the phonebook" },
    id = { summary = "or its id" },
  },
  actions = {
    query = {
      access = "read",
      params = {
        field = { required = true, summary = "item code, NAME or PHONE1 ..." },
        value = { required = true, summary = "text, % stands for anything" },
      },
    },
    getall = { access = "read" },
    add = {
      access = "write",
      params = {
        jsondata = { aliases = { "values" }, max = 1048576, summary = "{CODE: value}, or a list" },
      },
    },
    delete = { access = "write", params = { peid = { type = "integer", required = true } } },
    cleanall = { access = "write" },
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

local function listing(req, filter)
  local book, err, text = find(req)
  if not book then return text, err end
  local codes
  codes, err = phonebook_model.items(req.ctx, book)
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

function phonebook.query(req)
  return listing(req, { field = req.params.field:upper(), value = req.params.value })
end

function phonebook.getall(req) return listing(req, {}) end

function phonebook.add(req)
  local book, err, text = find(req)
  if not book then return text, err end
  local given = json.decode(req.params.jsondata or "")
  if type(given) ~= "table" then return answer.refused("Invalid jsondata") end
  local many = json.is_array(given)
  local ids = json.array({})
  for _, values in ipairs(many and given or { given }) do
    if type(values) ~= "table" then return answer.refused("Invalid jsondata") end
    local row
    row, err = entry.create(req.ctx, { phonebook_id = book.pb_id, values = values })
    if not row then return nil, err end
    ids[#ids + 1] = tostring(row.pe_id)
  end
  return answer.ok(many and { ids = ids } or { id = ids[1] })
end

function phonebook.delete(req)
  local done, err = entry.delete(req.ctx, req.params.peid)
  if not done then return nil, err end
  return answer.ok()
end

function phonebook.cleanall(req)
  local book, err, text = find(req)
  if not book then return text, err end
  local entries
  entries, err = phonebook_model.entries(req.ctx, book, {})
  if not entries then return nil, err end
  for _, it in ipairs(entries) do
    local done
    done, err = entry.delete(req.ctx, it.id)
    if not done and err.code ~= "not_found" then return nil, err end
  end
  return answer.ok()
end

return phonebook
