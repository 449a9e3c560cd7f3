-- MANAGEDB object routingprofile.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "routingprofile",
  summary = "Routing profiles.",
  model = require "model.routingprofile",
  short = { "rp_id", "rp_name", "rp_type" },
  example = { 7, "Standard", "PRIORITY" },
  admin = true,
  extra = { listroutes = managedb.routes("dl_rp_id") },
}
