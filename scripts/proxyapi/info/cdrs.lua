-- info=CDRS: call records as plain, json, xml, csv or through a stored template.
local report = require "proxyapi.lib.callreport"
local cdr = require "model.cdr"

local cdrs = route {
  reqtype = "INFO",
  info = "CDRS",
  summary = "List call records, one row per leg.",
  params = report.params(cdr.filters),
  actions = { list = { access = "read" } },
}

function cdrs.list(req)
  return report.answer(req, { quirk = "]" })
end

return cdrs
