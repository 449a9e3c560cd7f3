-- Short numbers that stand for long ones.
local object = require "engine.object"
local numbering = require "model.numbering"

return numbering.plan(object {
  name = "shortnumber", title = "Short number", summary = "A short number for a long one.",
  paths = { "short_number", "short_numbers" },
  table = "sn_shortnumbers", id = "sn_id", tenant = "sn_te_id", label = "sn_number",
  scope = "tenant+global",
  required = { "sn_number" },
  example = { number = "50", destination = "390212345678" },
  unique = "sn_number",
  columns = {
    sn_number = { pattern = "[%w*#_.+-]+", max = 40 }, sn_destnumber = { pattern = "[%w*#_.+-]*" },
  },
  aliases = {
    number = "sn_number", destination = "sn_destnumber", destnumber = "sn_destnumber",
    comment = "sn_comment",
  },
}, "sn_number", "SHORTNUMBER")
