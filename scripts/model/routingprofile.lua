-- Routing profiles: named lists of dialing rules.
local object = require "engine.object"

return object {
  name = "routingprofile", title = "Routing profile", summary = "A named list of routes.",
  paths = { "routing_profile", "routing_profiles" },
  table = "rp_routingprofiles", id = "rp_id", label = "rp_name",
  required = { "rp_name" },
  example = { name = "Voice", description = "Calls to the world", type = "VOICE" },
  columns = { rp_type = { enum = { "VOICE", "SMS" }, upper = true } },
  aliases = { name = "rp_name", type = "rp_type", description = "rp_description" },
}
