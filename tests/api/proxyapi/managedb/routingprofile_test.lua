-- MANAGEDB object routingprofile.
local managedb = require "support.managedb"

local routingprofile = managedb.object {
  object = "routingprofile", id = "rp_id", shown = { "rp_name", "rp_type" }, global = true,
  fields = { rp_name = "Only National", rp_type = "VOICE" }, change = { rp_name = "National" },
}

test("add, get, list, update, delete", routingprofile.life)

test("bad data, foreign and read-only keys", routingprofile.guard)

test("Getting the list of routes for a routing profile", function(t)
  managedb.lists_routes(t, routingprofile.call, "dl_rp_id")
end)
