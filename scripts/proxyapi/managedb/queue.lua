-- MANAGEDB object queue.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "queue",
  summary = "Queues with their realtime rows.",
  model = require "model.queue",
  short = { "qu_id", "qu_name", "qu_number" },
  example = { 7, "Support", "9200" },
}
