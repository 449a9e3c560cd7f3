-- MANAGEDB object did.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "did",
  summary = "Direct inward numbers.",
  model = require "model.did",
  short = { "di_id", "di_number", "di_comment" },
  example = { 7, "3902123456", "Main" },
}
