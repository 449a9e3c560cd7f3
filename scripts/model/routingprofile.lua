-- Routing profiles: named lists of dialing rules.
local object = require "lib.object"

return object {
  name = "routingprofile", title = "Routing profile", summary = "A named list of routes.",
  paths = { "routing_profile", "routing_profiles" },
  table = "rp_routingprofiles", id = "rp_id", label = "rp_name",
  required = { "rp_name" },
  columns = { rp_type = { enum = { "VOICE", "SMS" }, upper = true } },
  aliases = { name = "rp_name", type = "rp_type", description = "rp_description" },
  before = function(tx, change)
    if change.action ~= "delete" then return true end
    local rule, err = tx:value("SELECT dl_name FROM dl_dialingrules WHERE dl_rp_id = ? LIMIT 1",
      { change.id })
    if err then return nil, err end
    local number
    number, err = tx:value("SELECT ex_number FROM ex_extensions WHERE ex_rp_id = ? LIMIT 1",
      { change.id })
    if err then return nil, err end
    if rule == nil and number == nil then
      return tx:exec("DELETE FROM ur_userroutingprofiles WHERE ur_rp_id = ?", { change.id })
    end
    return nil, { code = "conflict", reason = "object_in_use",
      message = number and "still the routing profile of extension " .. number
        or "still holds the route " .. tostring(rule) }
  end,
}
