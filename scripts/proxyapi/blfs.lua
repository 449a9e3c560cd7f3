-- reqtype=BLFS: what the lamps show for the phones and flows of a tenant.
local listed = require "proxyapi.lib.listed"
local listing = require "model.listing"

return listed.route {
  reqtype = "BLFS", summary = "Read the lamp states of peers and flows.",
  select = listing.lamps, example = { "100-DEMO", "NOT_INUSE", "2026-01-02 03:04:05" }, written = listed.TWICE,
}
