-- OpenAPI /simplecdrs: one record per call.
local cdr = require "model.cdr"
local report = require "lib.report"

return report {
  object = "simplecdr", summary = "Call records, one per call.", tags = { "Call records" },
  names = { "simplecdrs", "simplecdr", "simple_cdr", "simple_cdrs" }, filters = cdr.simple.filters,
  stream = cdr.simple.stream, options = { billsec = true }, simple = true,
}
