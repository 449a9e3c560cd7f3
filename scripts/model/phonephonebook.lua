-- Which phonebooks a provisioned phone shows, in order: a row each, where the phone's own object has the list.
local object = require "engine.object"

local function absent(field, id)
  return nil, { code = "invalid", reason = "invalid_field", field = field, status = 409,
    message = ("%s: no such row: %s"):format(field, tostring(id)) }
end

-- Both ends are of the tenant; neither is kept by this row, as when the phone lists its phonebooks.
local function before(tx, change)
  if change.action == "delete" then return true end
  local values = change.values
  for _, it in ipairs({
    { "pp_ph_id", "SELECT ph_id FROM ph_phones WHERE ph_id = ? AND ph_te_id = ?" },
    { "pp_pb_id", "SELECT pb_id FROM pb_phonebooks WHERE pb_id = ? AND pb_te_id = ?" },
  }) do
    local id = values[it[1]]
    if id ~= nil then
      local found, err = tx:value(it[2], { tonumber(id) or -1, change.tenant_id })
      if err then return nil, err end
      if not found then return absent(it[1], id) end
    end
  end
  if change.action == "create" and values.pp_order == nil then
    local last, err = tx:value("SELECT MAX(pp_order) FROM pp_phonephonebooks WHERE pp_ph_id = ?", { values.pp_ph_id })
    if err then return nil, err end
    values.pp_order = (tonumber(last) or -1) + 1
  end
  return true
end

return object {
  name = "phonephonebook", title = "Phonebook of a phone", summary = "A phonebook that a phone shows.",
  words = "phonebooks of phones",
  table = "pp_phonephonebooks", id = "pp_id", tenant = "pp_te_id",
  required = { "pp_ph_id", "pp_pb_id" },
  aliases = { phone_id = "pp_ph_id", phonebook_id = "pp_pb_id", order = "pp_order" },
  before = before,
}
