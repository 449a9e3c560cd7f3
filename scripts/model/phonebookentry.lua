-- Entries of a phonebook. A body gives values by item code, or rows of details.
local invalid = require("lib.failure").field
local json = require "json"
local object = require "engine.object"
local store = require "store"
local value_of = require "lib.value"

local function text_of(code, value)
  if value == json.null or value == nil then return "" end
  if type(value) == "number" then value = value_of.number_text(value) end
  if type(value) ~= "string" then return invalid(code, "must be text") end
  if value:find("%c") then return invalid(code, "holds a line break or control character") end
  if #value > 191 then return invalid(code, "longer than 191 characters") end
  return value
end

-- Values by item id, from `values`, `fields`, `details` or codes at the top level.
local function collect(items, fields)
  local found = {}
  local function put(code, value)
    local id = items[tostring(code):upper()]
    if not id then return true end
    local text, err = text_of(tostring(code), value)
    if not text then return nil, err end
    found[id] = text
    return true
  end
  for code, value in pairs(fields) do
    if type(code) == "string" and items[code:upper()] then
      local ok, err = put(code, value)
      if not ok then return nil, err end
    end
  end
  for _, name in ipairs({ "values", "fields" }) do
    local given = fields[name]
    if given ~= nil and type(given) ~= "table" then return invalid(name, "must be an object") end
    for code, value in pairs(given or {}) do
      local ok, err = put(code, value)
      if not ok then return nil, err end
    end
  end
  if fields.details ~= nil and type(fields.details) ~= "table" then
    return invalid("details", "must be a list")
  end
  for _, item in ipairs(fields.details or {}) do
    if type(item) ~= "table" then return invalid("details", "an item must be an object") end
    local ok, err = put(item.pi_code or item.pi_id or item.pd_pi_id or "",
      item.value or item.pd_pi_value)
    if not ok then return nil, err end
  end
  return found
end

local function normalize(_, fields, row)
  local rows, err = store.query("SELECT pi_id, pi_code FROM pi_phonebookitems", {})
  if not rows then return nil, err end
  local items = {}
  for item in rows:each() do
    items[item.pi_code] = item.pi_id
    items[tostring(item.pi_id)] = item.pi_id
  end
  local found
  found, err = collect(items, fields)
  if not found then return nil, err end
  local some = false
  for _, text in pairs(found) do some = some or text ~= "" end
  if not row and not some then
    return nil, { code = "invalid", reason = "missing_required_field", field = "values",
      message = "Missing required field: values." }
  end
  fields.found = found
  return true
end

local function before(tx, change)
  if change.action == "delete" then
    for _, text in ipairs({
      "DELETE FROM ks_contacts WHERE kc_pe_id = ?",
      "DELETE FROM sn_shortnumbers WHERE sn_id IN (SELECT kd_sn_id FROM ks_speeddials WHERE kd_pe_id = ?)",
      "DELETE FROM ks_speeddials WHERE kd_pe_id = ?",
    }) do
      local done, err = tx:exec(text, { change.id })
      if not done then return nil, err end
    end
    return tx:exec("DELETE FROM pd_phonebookdetails WHERE pd_pe_id = ?", { change.id })
  end
  if not change.id then return true end
  -- A value that is there already is no change.
  local rows, err = tx:query("SELECT pd_pi_id, pd_pi_value FROM pd_phonebookdetails WHERE pd_pe_id = ?",
    { change.id })
  if not rows then return nil, err end
  local found = change.fields.found
  for row in rows:each() do
    if found[row.pd_pi_id] == row.pd_pi_value then found[row.pd_pi_id] = nil end
  end
  change.touched = next(found) ~= nil
  return true
end

local function after(tx, change)
  if change.action == "delete" then return true end
  for id, text in pairs(change.fields.found) do
    local done, err = tx:exec("DELETE FROM pd_phonebookdetails WHERE pd_pe_id = ? AND pd_pi_id = ?",
      { change.id, id })
    if not done then return nil, err end
    if text ~= "" then
      done, err = tx:exec("INSERT INTO pd_phonebookdetails (pd_te_id, pd_pe_id, pd_pi_id, pd_pi_value) "
        .. "VALUES (?, ?, ?, ?)", { change.tenant_id, change.id, id, text })
      if not done then return nil, err end
    end
  end
  return true
end

local DETAILS = "SELECT pd_id, pd_te_id, pd_pe_id, pd_pi_id, pd_pi_value, pi_code, pi_name "
  .. "FROM pd_phonebookdetails JOIN pi_phonebookitems ON pi_id = pd_pi_id WHERE pd_pe_id = ? "
  .. "ORDER BY pd_pi_id"

-- For the document: the usual items; a phonebook may have others.
local VALUES = {}
for _, code in ipairs({ "NAME", "PHONE1", "PHONE2", "EMAIL", "ROUTING" }) do
  VALUES[code] = { type = "string", nullable = true, maxLength = 191, pattern = "^[^\\u0000-\\u001f\\u007f]*$" }
end

return object {
  name = "phonebookentry", plural = "phonebookentries", title = "Phonebook entry",
  summary = "One contact of a phonebook.",
  paths = {
    "phonebook_entry", "phonebook_entries", "phonebookcontact", "phonebookcontacts",
    "phonebook_contact", "phonebook_contacts",
  },
  words = "phonebook entries",
  table = "pe_phonebookentries", id = "pe_id", tenant = "pe_te_id",
  required = { "pe_pb_id" },
  references = { phonebook = { "pe_pb_id" } },
  example = { phonebook_id = 1, values = { NAME = "Ada" } },
  aliases = { phonebook_id = "pe_pb_id", pbid = "pe_pb_id" },
  filters = { phonebook_id = "pe_pb_id", pbid = "pe_pb_id", pe_pb_id = "pe_pb_id" },
  body = {
    values = { type = "object", description = "Values by the item codes of the phonebook's layout.",
      properties = VALUES, additionalProperties = false },
  },
  create_schema = { type = "object", required = json.array({ "values" }), properties = {
    values = { type = "object", required = json.array({ "NAME" }), properties = { NAME = { type = "string", minLength = 1 } } } } },
  annexes = { { name = "ks_contacts", key = "kc_pe_id" }, { name = "ks_speeddials", key = "kd_pe_id" } },
  normalize = normalize, before = before, after = after,
  shown = { related = { phonebook = "row" }, sections = { details = "rows",
    values = { type = "object", description = "By item code.", additionalProperties = { type = "string", nullable = true } } } },
  sections = function(_, row, add)
    local rows, err = store.query(DETAILS, { row.pe_id })
    if not rows then return nil, err end
    local values = json.object({})
    for detail in rows:each() do values[detail.pi_code] = detail.pd_pi_value end
    add:value("values", values)
    add:rows("details", rows)
    return true
  end,
  related = function(_, row, add)
    return add:query("phonebook", "SELECT * FROM pb_phonebooks WHERE pb_id = ?",
      { row.pe_pb_id or 0 }, true)
  end,
}
