-- OpenAPI /cdrs: every leg of every call.
local cdr = require "model.cdr"
local report = require "lib.report"

return report {
  object = "cdr", summary = "Call records, one per leg.", tags = { "Call records" },
  names = { "cdrs", "cdr", "call", "calls" }, filters = cdr.filters, stream = cdr.stream,
}
