-- MANAGEDB object room.
local managedb = require "proxyapi.lib.managedb"

return managedb.object {
  object = "room", summary = "Meeting rooms.", model = require "model.room", short = { "ro_id", "ro_name" },
}
