-- info=IVRLOGS: what callers pressed in the menus.
local cdr = require "model.cdr"
local listed = require "proxyapi.lib.listed"
local listing = require "model.listing"

return listed.route {
  info = "IVRLOGS", summary = "List what callers pressed in menus.", params = cdr.span_filters,
  select = listing.menu_keys,
  example = { "2026-01-02 03:04:05", "srv01-1767323045.7", 5, "Welcome", "0123456", "1", "EXT-12" },
}
