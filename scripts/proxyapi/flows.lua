-- reqtype=FLOWS: flows with the state their lamps show.
local listed = require "proxyapi.lib.listed"
local listing = require "model.listing"

return listed.route {
  reqtype = "FLOWS", summary = "Read the flows of a tenant and their states.",
  select = listing.flows, written = listed.TWICE,
  example = {
    fl_id = 61, fl_te_id = 1, fl_name = "Night", fl_number = "600", fl_value = "0", fl_value_for_inuse = "1",
    fl_value_for_notinuse = "0", st_extension = "600-DEMO", st_state = "NOT_INUSE", st_timestamp = "2026-01-02 03:04:05",
  },
}
