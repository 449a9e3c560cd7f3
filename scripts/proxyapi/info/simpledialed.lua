-- info=SIMPLEDIALED: how many calls each extension made and got in a span of time.
local cdr = require "model.cdr"
local listed = require "proxyapi.lib.listed"

return listed.route {
  info = "SIMPLEDIALED", summary = "Count the calls of each extension.",
  params = cdr.span_filters, select = cdr.simple.by_extension, example = { "100", 4, 7, 9, 840 },
}
