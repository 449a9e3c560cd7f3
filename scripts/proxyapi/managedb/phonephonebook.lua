-- MANAGEDB object phonephonebook: the phonebooks of phones.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "phonephonebook",
  summary = "Phonebooks that phones show.",
  model = require "model.phonephonebook",
  short = { "pp_id", "pp_ph_id", "pp_pb_id", "pp_order" },
  example = { 7, 3, 2, 1 },
}
