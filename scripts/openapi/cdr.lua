-- OpenAPI /cdrs: every leg of every call.
local cdr = require "model.cdr"
local json = require "json"
local report = require "openapi.lib.report"

local EXAMPLE = {
  ID = "1", start = "2026-01-02 09:00:00", answer = "2026-01-02 09:00:03", ["end"] = "2026-01-02 09:00:12",
  clid = '"Ada" <390255>', src = "390255", dst = "100", realsrc = "390255", firstdst = "390212345678",
  lastdst = "100", wherelanded = "100", dstchannel = "PJSIP/100-DEMO-00000002", lastapp = "Dial",
  duration = "12", billsec = "9", disposition = "ANSWERED", accountcode = "DEMO",
  uniqueid = "1700000000.12", linkedid = "1700000000.12",
}
for _, name in ipairs(cdr.columns) do EXAMPLE[name] = EXAMPLE[name] or json.null end

return report {
  object = "cdr", summary = "Call records, one per leg.", tags = { "Call records" },
  names = { "cdrs", "cdr", "call", "calls" }, filters = cdr.filters, stream = cdr.stream,
  columns = cdr.columns, example = EXAMPLE,
}
