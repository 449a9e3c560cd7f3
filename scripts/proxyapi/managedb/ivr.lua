-- MANAGEDB object ivr.
local ivr = require "model.ivr"
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "ivr",
  summary = "Menus of spoken choices.",
  model = ivr,
  short = { "iv_id", "iv_name" },
  example = { 7, "Welcome" },
  extra = { getdestinations = managedb.destinations(ivr) },
}
