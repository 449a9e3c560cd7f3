-- OpenAPI /simplecdrs: one record per call.
local cdr = require "model.cdr"
local report = require "openapi.lib.report"

local COLUMNS = { "sc_billsec" }
for i, name in ipairs(cdr.simple.columns) do COLUMNS[i + 1] = name end

local EXAMPLE = {
  sc_te_id = "1", tenantcode = "DEMO", sc_start = "2026-01-02 09:00:00", sc_direction = "IN", sc_calleridnum = "390255",
  sc_calleridname = "Ada", sc_dialednum = "390212345678", sc_disposition = "ANSWERED", sc_duration = "12",
  sc_billsec = "9", sc_uniqueid = "1700000000.12", sc_whoanswered = "100",
}

return report {
  object = "simplecdr", summary = "Call records, one per call.", tags = { "Call records" },
  names = { "simplecdrs", "simplecdr", "simple_cdr", "simple_cdrs" }, filters = cdr.simple.filters,
  stream = cdr.simple.stream, options = { billsec = true }, simple = true,
  columns = COLUMNS, example = EXAMPLE,
}
