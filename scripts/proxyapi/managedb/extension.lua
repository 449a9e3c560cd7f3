-- MANAGEDB object extension.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "extension",
  summary = "Extensions and the rows of their technology.",
  model = require "model.extension",
  short = { "ex_id", "ex_name", "ex_number" },
  example = { 7, "Ada", "100" },
}
