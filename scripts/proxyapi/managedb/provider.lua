-- MANAGEDB object provider.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "provider",
  summary = "Providers.",
  model = require "model.provider",
  short = { "pr_id", "pr_name", "pr_peername", "pr_tech" },
  example = { 7, "Carrier", "carrier", "PJSIP" },
  admin = true,
  also = { host = "pr_host" },
  extra = { listroutes = managedb.routes("dl_pr_id") },
}
