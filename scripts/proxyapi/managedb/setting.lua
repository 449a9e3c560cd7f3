-- MANAGEDB object setting.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "setting",
  summary = "Settings by code.",
  model = require "model.setting",
  short = { "se_id", "se_code", "se_value" },
  example = { 7, "VMAUTORECOVER", "no" },
}
