-- MANAGEDB object tenant.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "tenant",
  summary = "Tenants.",
  model = require "model.tenant",
  short = { "te_id", "te_code", "te_name" },
  example = { 7, "DEMO", "Demo" },
  admin = true,
}
