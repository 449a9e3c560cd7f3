-- MANAGEDB object route: the rules of routing profiles.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "route",
  summary = "Routes of routing profiles.",
  model = require "model.route",
  short = { "dl_id", "dl_rp_id", "dl_name", "dl_regex", "dl_pr_id", "dl_priority" },
  example = { 7, 1, "Mobile", "3.*", 2, 1 },
  where = { routingprofileid = "dl_rp_id" },
  admin = true,
}
