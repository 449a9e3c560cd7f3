-- MANAGEDB object custom.
local managedb = require "proxyapi.lib.managedb"
local store = require "store"

local function complete(rows)
  local types, err = store.query("SELECT ct_id, ct_name FROM ct_customtypes")
  if not types then return nil, err end
  local names = {}
  for it in types:each() do names[it.ct_id] = it.ct_name end
  for _, row in ipairs(rows) do row.ct_name = names[row.cu_ct_id] end
  return true
end

return managedb.object {
  object = "custom",
  summary = "Custom destinations.",
  model = require "model.customdestination",
  short = { "cu_id", "cu_name", "ct_name" },
  example = { 7, "Weather", "AGI" },
  columns = { "cu_id", "cu_name", "cu_ct_id" },
  complete = complete,
}
