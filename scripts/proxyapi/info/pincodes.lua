-- info=PINCODES: the codes that open a route.
local listed = require "proxyapi.lib.listed"
local listing = require "model.listing"

return listed.route {
  info = "PINCODES", summary = "List the PIN codes of a tenant, or of all.", tenant = "optional",
  select = listing.pincodes, example = { 3, "4711", "Reception", "yes", "DEMO" },
}
