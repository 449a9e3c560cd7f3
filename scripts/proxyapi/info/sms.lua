-- info=SMS: the short messages of a span of time, or one by its id.
local listed = require "proxyapi.lib.listed"
local sms = require "model.sms"

return listed.route {
  info = "SMS", summary = "List short messages, or read one by its id.", tenant = "optional",
  params = {
    id = { max = 150, summary = "id that SMS answered" },
    start = { type = "datetime", summary = "from; default today 00:00:00" },
    ["end"] = { type = "datetime", summary = "until; default today 23:59:59" },
  },
  select = sms.select,
  example = { 2, "2026-01-02 03:04:05", "OUT", "100", "0123456", "Hello", "SENT", "1c0ffee1c0ffee" },
}
