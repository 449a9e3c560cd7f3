-- info=CDRS: call records as plain, json, xml, csv or through a stored template.
local report = require "proxyapi.lib.callreport"
local cdr = require "model.cdr"

local EXAMPLE = {
  accountcode = "DEMO", ID = 4711, start = "2026-01-02 03:04:05", answer = "2026-01-02 03:04:12",
  ["end"] = "2026-01-02 03:05:02", clid = '"Ada" <100>', realsrc = "100-DEMO", firstdst = "0123456", duration = 57,
  billsec = 50, disposition = "ANSWERED", userfield = "[outbound]", uniqueid = "srv01-1767323045.7", lastdst = "0123456",
  src = "100", dst = "0123456", lastapp = "Dial", linkedid = "srv01-1767323045.7",
}

local cdrs = route {
  reqtype = "INFO",
  info = "CDRS",
  summary = "List call records, one row per leg.",
  params = report.params(cdr.filters),
  actions = { list = { access = "read", result = report.result(cdr.columns, EXAMPLE) } },
}

function cdrs.list(req)
  return report.answer(req, { quirk = "]" })
end

return cdrs
