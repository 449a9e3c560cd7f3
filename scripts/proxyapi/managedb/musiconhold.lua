-- MANAGEDB object musiconhold.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "musiconhold",
  summary = "Music on hold.",
  model = require "model.musiconhold",
  short = { "mu_id", "mu_name" },
  example = { 7, "Jazz" },
}
