-- MANAGEDB object custom.
local managedb = require "lib.managedb"

return managedb.object {
  object = "custom",
  summary = "Custom destinations.",
  model = require "model.customdestination",
  short = { "cu_id", "cu_name", "cu_ct_id" },
}
