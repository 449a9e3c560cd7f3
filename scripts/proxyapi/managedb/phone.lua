-- MANAGEDB object phone.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "phone",
  summary = "Phones to provision.",
  model = require "model.provisioningphone",
  short = { "ph_id", "ph_name", "ph_mac" },
  example = { 7, "Desk", "001122334455" },
}
