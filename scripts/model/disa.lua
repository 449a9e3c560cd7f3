-- DISA: a caller from outside gets an inside line.
local object = require "engine.object"

return object {
  name = "disa", title = "DISA", summary = "An inside line for callers from outside.",
  table = "ds_disas", id = "ds_id", tenant = "ds_te_id", label = "ds_name",
  required = { "ds_name" },
  example = { name = "Inside line", pin = "9876" },
  columns = {
    ds_pin = { pattern = "%d*" }, ds_digitstimeout = { pattern = "%d*", max = 5 },
    ds_responsetimeout = { pattern = "%d*", max = 5 },
  },
  tags = { "DISA" }, sources = { "DISA" },
  references = { mediafile = { "ds_me_id" } },
  aliases = {
    name = "ds_name", mediafile_id = "ds_me_id", pin = "ds_pin", outbound = "ds_outbound",
    blockcid = "ds_blockcid", calleridnum = "ds_calleridnum", calleridname = "ds_calleridname",
    digitstimeout = "ds_digitstimeout", responsetimeout = "ds_responsetimeout",
    looponattempt = "ds_looponattempt",
  },
}
