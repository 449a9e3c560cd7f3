-- Callers that are turned away.
local moment = require "lib.moment"
local object = require "engine.object"

return object {
  name = "calleridblacklist", title = "Caller ID blacklist entry", summary = "A caller turned away.",
  paths = { "callerid_blacklist", "callerid_blacklists", "blacklist", "blacklists" },
  words = "caller ID blacklist entries",
  table = "bl_blacklists", id = "bl_id", tenant = "bl_te_id", label = "bl_callerid",
  scope = "tenant+global",
  required = { "bl_callerid" },
  example = { callerid = "390200000000", reason = "spam" },
  aliases = { callerid = "bl_callerid", reason = "bl_reason", inserted = "bl_inserted" },
  before = function(_, change)
    if change.action == "create" and change.values.bl_inserted == nil then
      change.values.bl_inserted = moment.now()
    end
    return true
  end,
}
