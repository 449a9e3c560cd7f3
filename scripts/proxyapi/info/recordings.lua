-- info=RECORDINGS: the recordings of a span of time.
local cdr = require "model.cdr"
local listed = require "proxyapi.lib.listed"
local listing = require "model.listing"

return listed.route {
  info = "RECORDINGS", summary = "List recordings.", params = cdr.span_filters, select = listing.recordings,
  example = {
    "srv01-1767323045.7", "srv01-1767323045.7", "2026-01-02 03:04:05", "100", "0123456", "OUT", 57, 91200, "wav",
  },
}
