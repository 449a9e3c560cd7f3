-- MANAGEDB object calleridblacklist.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "calleridblacklist",
  summary = "Callers who are turned away.",
  model = require "model.calleridblacklist",
  short = { "bl_id", "bl_callerid", "bl_reason" },
  example = { 7, "0123456", "Spam" },
}
