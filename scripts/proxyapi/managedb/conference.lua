-- MANAGEDB object conference.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "conference",
  summary = "Conference rooms with their meetme rows.",
  model = require "model.conferenceroom",
  short = { "cr_id", "cr_name", "cr_number" },
  example = { 7, "Blue", "700" },
}
