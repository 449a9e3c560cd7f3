-- Hunt lists: numbers that ring several members. The members are HUNTLIST destinations, which the
-- dialplan rings in their order.
local object = require "lib.object"

return object {
  name = "huntlist", title = "Hunt list", summary = "A number that rings several members.",
  table = "hu_huntlists", id = "hu_id", tenant = "hu_te_id", label = "hu_name",
  required = { "hu_name" },
  columns = {
    hu_number = { pattern = "[%w*#_.+-]*", max = 40 }, hu_ringtime = { pattern = "%d*" },
    hu_dialtimeout = { pattern = "%d*" },
  },
  references = { mediafile = { "hu_confirmmessage_id" } },
  aliases = { name = "hu_name", number = "hu_number", type = "hu_type", ringtime = "hu_ringtime" },
  destinations = {
    ["HUNTLIST"] = { "extensions", "members", "huntlist" },
    ["HUNTLIST-TIMEOUT"] = { "timeout", "huntlist_timeout" },
  },
}
