-- Routes: the rules of a routing profile, which number goes to which provider.
local object = require "engine.object"

return object {
  name = "route", summary = "A rule of a routing profile.",
  table = "dl_dialingrules", id = "dl_id", label = "dl_name",
  required = { "dl_rp_id", "dl_name", "dl_regex", "dl_pr_id" },
  columns = {
    -- Asterisk compares with it between quotes.
    dl_regex = { pattern = '[^%c"]+', max = 191 }, dl_adddigits = { pattern = "[%d*#+]*", max = 40 },
    dl_deldigits = { low = 0, high = 40 },
  },
  references = { routingprofile = { "dl_rp_id" }, provider = { "dl_pr_id" } },
  annexes = { { name = "mk_outboundroutes", key = "mo_dl_id", columns = { mo_note = { multiline = true } } } },
  aliases = {
    name = "dl_name", regex = "dl_regex", routingprofile_id = "dl_rp_id", provider_id = "dl_pr_id",
    priority = "dl_priority", order = "dl_order", weight = "dl_weight", adddigits = "dl_adddigits",
    deldigits = "dl_deldigits", emergencyroute = "dl_emergencyroute", usepin = "dl_usepin",
  },
}
